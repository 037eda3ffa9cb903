#include "limiter/semaphore_status.hpp"

#include "limiter/keys.hpp"
#include "limiter/scripts.hpp"

#include <algorithm>
#include <set>

namespace limiter {

namespace {

constexpr std::size_t k_counters = 7;  // what status.lua answers before the first holder
constexpr std::size_t k_fields = 6;    // and for each of them
constexpr const char* k_ids_a_round = "500";

Holder holder_at(const redis::Reply& reply, std::size_t at)
{
    Holder holder;
    holder.id = reply.text_at(at);
    holder.weight = reply.integer_at(at + 1);
    holder.held = base::Micros(reply.integer_at(at + 2));
    holder.expires_in = base::Micros(reply.integer_at(at + 3));
    holder.released = reply.integer_at(at + 4) == 1;
    holder.who = who_of(reply.text_at(at + 5));
    return holder;
}

}  // namespace

redis::Request semaphore_status(const std::string& prefix, const std::string& name, std::string_view slice)
{
    return redis::script_request(LimiterName{name, Kind::semaphore}.subject(), scripts::semaphore_status,
                                 semaphore_keys(prefix, name), {"", std::string(slice)}, 1);
}

std::string add_semaphore_status(std::optional<SemaphoreStatus>& status, const redis::Reply& reply)
{
    if (reply.integer_at(0) == 0)
        return {};
    if (!status)
        status = SemaphoreStatus{.capacity = reply.integer_at(1),
                                 .used = reply.integer_at(2),
                                 .waiters = reply.integer_at(3),
                                 .settling = base::Micros(reply.integer_at(4)),
                                 .holders = {},
                                 .orders = orders_at(reply, 6)};
    // A holder that renews its lease between two slices comes again, further behind.
    std::set<std::string> known;
    for (const Holder& holder : status->holders)
        known.insert(holder.id);
    for (std::size_t at = k_counters; at + k_fields <= reply.size(); at += k_fields)
        if (Holder holder = holder_at(reply, at); known.insert(holder.id).second)
            status->holders.push_back(std::move(holder));
    std::stable_sort(status->holders.begin(), status->holders.end(),
                     [](const Holder& a, const Holder& b) { return a.held > b.held; });
    return std::string(reply.text_at(5));
}

redis::Request find_ids(const std::string& prefix, const std::string& name, Members members, const std::string& cursor,
                        const std::string& beginning)
{
    return {LimiterName{name, Kind::semaphore}.subject(),
            {"ZSCAN", members_key(prefix, name, members), cursor, "MATCH", beginning + "*", "COUNT", k_ids_a_round},
            1};
}

FoundIds found_ids(const redis::Reply& reply)
{
    FoundIds found{std::string(reply.text_at(0)), {}};
    const redis::Reply pairs = reply.at(1);
    for (std::size_t i = 0; i < pairs.size(); i += 2)  // each id and its score
        found.ids.emplace_back(pairs.text_at(i));
    return found;
}

redis::Request semaphore_reset(const std::string& prefix, const std::string& name)
{
    return redis::script_request(LimiterName{name, Kind::semaphore}.subject(), scripts::semaphore_reset,
                                 semaphore_keys(prefix, name), {}, 2);
}

}  // namespace limiter
