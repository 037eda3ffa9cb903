#include "limiter/semaphore_status.hpp"

#include "limiter/keys.hpp"
#include "limiter/scripts.hpp"

#include <algorithm>

namespace limiter {

namespace {

constexpr const char* k_ids_a_round = "500";

// What status.lua answers, by its place, and how many values it has for each holder and each waiter.
enum Place : std::size_t {
    there,
    capacity,
    used,
    waiters,
    settling,
    held_by,
    holders_from,
    holders,
    waiters_from,
    waiting,
    counters,
    orders,
    slots
};
constexpr std::size_t k_of_holder = 6;
constexpr std::size_t k_of_waiter = 4;

SemaphoreCounters counters_of(const redis::Reply& reply)
{
    return {.granted = reply.integer_at(0),
            .waits = reply.integer_at(1),
            .waited = base::Micros(reply.integer_at(2)),
            .held = base::Micros(reply.integer_at(3)),
            .refused = reply.integer_at(4),
            .expired = reply.integer_at(5),
            .lost = reply.integer_at(6),
            .superseded = reply.integer_at(7)};
}

}  // namespace

redis::Request SemaphoreReader::next_slice() const
{
    return redis::script_request(LimiterName{m_name, Kind::semaphore}.subject(), scripts::semaphore_status,
                                 semaphore_keys(m_prefix, m_name), {"", m_holders_from, m_waiters_from}, 1);
}

void SemaphoreReader::add(const redis::Reply& reply)
{
    if (reply.integer_at(Place::there) == 0) {
        m_holders_from = m_waiters_from = "";
        return;
    }
    if (!m_status)
        m_status = SemaphoreStatus{.capacity = reply.integer_at(Place::capacity),
                                   .used = reply.integer_at(Place::used),
                                   .waiters = reply.integer_at(Place::waiters),
                                   .settling = base::Micros(reply.integer_at(Place::settling)),
                                   .held_by = reply.integer_at(Place::held_by),
                                   .counters = counters_of(reply.at(Place::counters)),
                                   .holders = {},
                                   .waiting = {},
                                   .orders = orders_at(reply, Place::orders)};
    add_slots(reply.text_at(Place::slots));
    add_holders(reply.at(Place::holders));
    add_waiters(reply.at(Place::waiting));
    m_holders_from = reply.text_at(Place::holders_from);
    m_waiters_from = reply.text_at(Place::waiters_from);
}

// `text` is ";ID NAMES;ID NAMES;" (lua/semaphore/common_slots.lua), or empty.
void SemaphoreReader::add_slots(std::string_view text)
{
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(one.size() + 1, text.size()));
        if (const std::size_t blank = one.find(' '); blank != std::string_view::npos)
            m_slots.emplace(one.substr(0, blank), one.substr(blank + 1));
    }
}

void SemaphoreReader::add_holders(const redis::Reply& rows)
{
    for (std::size_t at = 0; at + k_of_holder <= rows.size(); at += k_of_holder)
        if (m_known.emplace(rows.text_at(at)).second) {
            const auto slots = m_slots.find(rows.text_at(at));
            m_status->holders.push_back({.id = std::string(rows.text_at(at)),
                                         .weight = rows.integer_at(at + 1),
                                         .held = base::Micros(rows.integer_at(at + 2)),
                                         .expires_in = base::Micros(rows.integer_at(at + 3)),
                                         .released = rows.integer_at(at + 4) == 1,
                                         .who = who_of(rows.text_at(at + 5)),
                                         .slots = slots == m_slots.end() ? std::string() : slots->second});
        }
}

void SemaphoreReader::add_waiters(const redis::Reply& rows)
{
    for (std::size_t at = 0; at + k_of_waiter <= rows.size(); at += k_of_waiter)
        if (m_known.emplace(rows.text_at(at)).second)
            m_status->waiting.push_back({std::string(rows.text_at(at)), rows.integer_at(at + 1),
                                         base::Micros(rows.integer_at(at + 2)), who_of(rows.text_at(at + 3))});
}

std::optional<SemaphoreStatus> SemaphoreReader::status() &&
{
    if (m_status && done()) {
        // Between two slices some have come and gone: what is counted is what is told.
        m_status->held_by = static_cast<std::int64_t>(m_status->holders.size());
        m_status->waiters = static_cast<std::int64_t>(m_status->waiting.size());
    }
    if (m_status)
        std::stable_sort(m_status->holders.begin(), m_status->holders.end(),
                         [](const Holder& a, const Holder& b) { return a.held > b.held; });
    return std::move(m_status);
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
