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

std::string micros(base::Micros span)
{
    return std::to_string(span.count());
}

// A late duplicate of a question reaches the server within a heartbeat or two; a longer bar only fills its memory.
constexpr base::Micros k_bar = std::chrono::minutes(2);

std::string bar(bool may_be_late)
{
    return micros(may_be_late ? k_bar : base::Micros::zero());
}

}  // namespace

base::Micros beat(base::Micros lease)
{
    return std::min(lease / agreed::k_beats, base::Micros(agreed::k_longest_beat));
}

base::Micros notice(base::Micros lease)
{
    return std::min(lease / agreed::k_notices, base::Micros(agreed::k_longest_notice));
}

base::Micros time_to_return(base::Micros lease)
{
    return beat(lease) + notice(lease) + base::Micros(agreed::k_attempts);
}

Semaphore::Semaphore(SemaphoreOptions options) : Semaphore(std::move(options), base::random_id()) {}

Semaphore::Semaphore(SemaphoreOptions options, std::string id, std::int64_t ticket)
    : m_options(std::move(options)), m_id(std::move(id)), m_keys(semaphore_keys(m_options.prefix, m_options.name)),
      m_ticket(ticket)
{
}

redis::Request Semaphore::acquire(const Question& question) const
{
    std::vector<std::string> words{m_id,
                                   std::to_string(m_ticket),
                                   std::to_string(m_fence),
                                   std::to_string(m_options.weight),
                                   std::to_string(m_options.capacity),
                                   micros(m_options.lease),
                                   flag(question.wait),
                                   micros(question.min_hold),
                                   micros(m_longest),
                                   flag(question.alone),
                                   bar(question.may_be_late),
                                   flag(question.tell),
                                   text_of(m_options.who),
                                   fmt::format("{}", fmt::join(m_options.outer, " "))};
    if (std::string asked = policies(); !asked.empty())
        words.push_back(std::move(asked));
    return copied(redis::script_request(subject(), scripts::semaphore_acquire, m_keys, std::move(words), 12),
                  static_cast<std::int64_t>(Standing::State::holds));
}

std::string Semaphore::policies() const
{
    const Policies& p = m_options.policies;
    std::string text;
    const auto add = [&text](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
    if (p.most_waiters)
        add(fmt::format("max={}", *p.most_waiters));
    if (p.head_start > base::Micros::zero())
        add("head=" + micros(p.head_start));
    if (p.supersede != Supersede::nobody)
        add(fmt::format("supersede={}", static_cast<int>(p.supersede)));
    if (!p.slots.empty())
        add(fmt::format("slots={}", fmt::join(p.slots, ",")));
    if (!m_slots.empty())
        add("mine=" + m_slots);
    return text;
}

// A refusal and a place in the queue promise nothing that a failover could break.
redis::Request Semaphore::copied(redis::Request request, std::optional<std::int64_t> promise) const
{
    request.copies = {m_options.replicas, promise};
    return request;
}

Standing Semaphore::acquired(const redis::Reply& reply)
{
    m_ticket = reply.integer_at(1);
    m_fence = reply.integer_at(2);
    m_longest = base::Micros(reply.integer_at(11));
    if (const std::string_view slots = reply.text_at(16); !slots.empty())
        m_slots = slots;
    Standing standing{.state = static_cast<Standing::State>(reply.integer_at(0)),
                      .place = reply.integer_at(3),
                      .waiters = reply.integer_at(4),
                      .used = reply.integer_at(5),
                      .other_capacity = reply.integer_at(6),
                      .recovery = static_cast<Recovery>(reply.integer_at(8)),
                      .recovers = base::Micros(reply.integer_at(7)),
                      .until = base::Micros(reply.integer_at(9)),
                      .span = base::Micros(reply.integer_at(10)),
                      .longest = std::nullopt,
                      .about = base::Micros::zero(),
                      .orders = orders_at(reply, 15)};
    if (reply.size() > 14) {
        const base::Micros held(reply.integer_at(12));
        if (held >= base::Micros::zero())
            standing.longest = NamedHolder{who_of(reply.text_at(13)), held};
        standing.about = base::Micros(reply.integer_at(14));
    }
    return standing;
}

redis::Request Semaphore::wait_for_wake(base::Micros slice) const
{
    // Servers before 7.0.8 take a timeout of a millisecond or less for "for ever".
    const double seconds = static_cast<double>(std::max(slice, base::Micros(10000)).count()) / 1e6;
    return {subject(), {"BLPOP", wake_key(m_options.prefix, m_options.name, m_id), fmt::format("{:.3f}", seconds)}, 1};
}

redis::Request Semaphore::renew() const
{
    return copied(redis::script_request(subject(), scripts::semaphore_renew, {m_keys[0], m_keys[1]},
                                        {m_id, std::to_string(m_ticket), micros(m_options.lease)}, 0),
                  static_cast<std::int64_t>(Renewal::renewed));
}

Renewal Semaphore::renewed(const redis::Reply& reply)
{
    return static_cast<Renewal>(reply.integer());
}

// Without a ticket no question of this caller was answered, so there is one that was given up; or it is not the holder,
// whose questions may come at any time. A release that is repeated finds nothing to release, and is to be at the
// replicas all the same.
redis::Request Semaphore::release(base::Micros min_hold, bool may_be_late) const
{
    return copied(
        redis::script_request(subject(), scripts::semaphore_release, m_keys,
                              {m_id, std::to_string(m_ticket), bar(may_be_late || m_ticket == 0), micros(min_hold)}, 0),
        std::nullopt);
}

Release Semaphore::released(const redis::Reply& reply)
{
    return static_cast<Release>(reply.integer());
}

std::string Semaphore::subject() const
{
    return fmt::format("sem '{}'", m_options.name);
}

}  // namespace limiter
