#include "limiter/semaphore_status.hpp"

#include "limiter/keys.hpp"
#include "limiter/scripts.hpp"

#include <algorithm>

namespace limiter {

namespace {

constexpr std::size_t k_counters = 5;  // what status.lua answers before the first holder
constexpr std::size_t k_fields = 6;    // and for each of them

std::string take_word(std::string_view& text)
{
    const std::size_t space = text.find(' ');
    const std::string word(text.substr(0, space));
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    return word;
}

Holder holder_at(const redis::Reply& reply, std::size_t at)
{
    Holder holder;
    holder.id = reply.text_at(at);
    holder.weight = reply.integer_at(at + 1);
    holder.held = base::Micros(reply.integer_at(at + 2));
    holder.expires_in = base::Micros(reply.integer_at(at + 3));
    holder.released = reply.integer_at(at + 4) == 1;
    std::string_view who = reply.text_at(at + 5);
    holder.host = take_word(who);
    holder.pid = take_word(who);
    holder.command = who;
    return holder;
}

}  // namespace

redis::Request semaphore_status(const std::string& prefix, const std::string& name)
{
    return redis::script_request(LimiterName{name, Kind::semaphore}.subject(), scripts::semaphore_status,
                                 semaphore_keys(prefix, name), {}, 1);
}

std::optional<SemaphoreStatus> read_semaphore_status(const redis::Reply& reply)
{
    if (reply.integer_at(0) == 0)
        return std::nullopt;
    SemaphoreStatus status{
        reply.integer_at(1), reply.integer_at(2), reply.integer_at(3), base::Micros(reply.integer_at(4)), {}};
    for (std::size_t at = k_counters; at + k_fields <= reply.size(); at += k_fields)
        status.holders.push_back(holder_at(reply, at));
    std::stable_sort(status.holders.begin(), status.holders.end(),
                     [](const Holder& a, const Holder& b) { return a.held > b.held; });
    return status;
}

redis::Request semaphore_reset(const std::string& prefix, const std::string& name)
{
    return redis::script_request(LimiterName{name, Kind::semaphore}.subject(), scripts::semaphore_reset,
                                 semaphore_keys(prefix, name), {}, 2);
}

}  // namespace limiter
