#include "limiter/semaphore.hpp"

#include "base/random.hpp"
#include "limiter/keys.hpp"
#include "limiter/scripts.hpp"

#include <algorithm>

namespace limiter {

namespace {

std::string flag(bool value)
{
    return value ? "1" : "0";
}

std::string number(Absence absence)
{
    return std::to_string(static_cast<int>(absence));
}

std::string micros(base::Micros span)
{
    return std::to_string(span.count());
}

}  // namespace

Semaphore::Semaphore(SemaphoreOptions options) : Semaphore(std::move(options), base::random_id()) {}

Semaphore::Semaphore(SemaphoreOptions options, std::string id)
    : m_options(std::move(options)), m_id(std::move(id)), m_keys(semaphore_keys(m_options.prefix, m_options.name))
{
}

redis::Request Semaphore::acquire(bool wait, base::Micros hold, Absence absence) const
{
    return redis::script_request(subject(), scripts::semaphore_acquire, m_keys,
                                 {m_id, std::to_string(m_ticket), std::to_string(m_fence),
                                  std::to_string(m_options.weight), std::to_string(m_options.capacity),
                                  micros(m_options.lease), flag(wait), micros(hold), number(absence), m_options.who,
                                  fmt::format("{}", fmt::join(m_options.outer, " "))},
                                 9);
}

Standing Semaphore::acquired(const redis::Reply& reply)
{
    m_ticket = reply.integer_at(1);
    m_fence = reply.integer_at(2);
    return {static_cast<Standing::State>(reply.integer_at(0)),
            reply.integer_at(3),
            reply.integer_at(4),
            reply.integer_at(5),
            reply.integer_at(6),
            base::Micros(reply.integer_at(7)),
            base::Micros(reply.integer_at(8))};
}

redis::Request Semaphore::wait_for_wake(base::Micros slice) const
{
    // Servers before 7.0.8 take a timeout of a millisecond or less for "for ever".
    const double seconds = static_cast<double>(std::max(slice, base::Micros(10000)).count()) / 1e6;
    return {subject(), {"BLPOP", wake_key(m_options.prefix, m_options.name, m_id), fmt::format("{:.3f}", seconds)}, 1};
}

redis::Request Semaphore::renew(Absence absence) const
{
    return redis::script_request(subject(), scripts::semaphore_renew, {m_keys[0], m_keys[1]},
                                 {m_id, std::to_string(m_ticket), micros(m_options.lease), number(absence)}, 0);
}

Renewal Semaphore::renewed(const redis::Reply& reply)
{
    return static_cast<Renewal>(reply.integer());
}

redis::Request Semaphore::release(base::Micros hold) const
{
    return redis::script_request(subject(), scripts::semaphore_release, m_keys,
                                 {m_id, micros(m_options.lease), micros(hold)}, 0);
}

Release Semaphore::released(const redis::Reply& reply)
{
    return static_cast<Release>(reply.integer());
}

redis::Request Semaphore::free(const std::string& beginning, base::Micros bar) const
{
    return redis::script_request(subject(), scripts::semaphore_free, m_keys, {beginning, micros(bar)}, 0);
}

Freed Semaphore::freed(const redis::Reply& reply)
{
    return {reply.integer() < 0, std::max<std::int64_t>(reply.integer(), 0)};
}

std::string Semaphore::subject() const
{
    return fmt::format("sem '{}'", m_options.name);
}

}  // namespace limiter
