#include "run/heartbeat.hpp"

#include "base/error.hpp"
#include "base/message.hpp"

#include <algorithm>

namespace run {

namespace {

using base::Deadline;
using base::Micros;
using limiter::Renewal;
using limiter::Standing;

constexpr Micros k_reclaim_again{500000};

}  // namespace

Heartbeat::Heartbeat(limiter::Semaphore& semaphore, redis::Session& session, Micros redis_timeout, Micros sent,
                     Deadline min_hold)
    : m_semaphore(semaphore), m_session(session), m_lease(semaphore.options().lease), m_beat(limiter::beat(m_lease)),
      m_timeout(std::min(redis_timeout, limiter::notice(m_lease))), m_min_hold(min_hold), m_sent(sent),
      m_lease_from(sent), m_next(next_beat())
{
}

Deadline Heartbeat::next() const
{
    return m_lost ? Deadline::never() : m_session.waiting() ? std::min(m_answer_by, m_session.next()) : m_next;
}

Micros Heartbeat::left() const
{
    return m_lease_from + m_lease - base::now_on(CLOCK_BOOTTIME);
}

void Heartbeat::advance()
{
    if (m_lost)
        return;
    try {
        const bool was_waiting = m_session.waiting();
        const bool was_connected = m_session.connected();
        if (const auto reply = m_session.advance())
            return answered(*reply);
        if (was_waiting && m_answer_by.passed())
            m_session.give_up();
        // A connection that breaks between two beats is the first sign of an outage: look at once.
        if (!was_waiting && (m_next.passed() || (was_connected && !m_session.connected())))
            ask();
    } catch (const redis::Unavailable& e) {
        failed(e.what());
    } catch (const base::Error& e) {
        failed(e.what());  // a password or a right taken away: no reason to stop a CMD that holds its lease
    }
}

void Heartbeat::hear_out(const Interrupts& interrupts, Deadline deadline)
{
    if (!m_session.waiting() || !m_trouble.empty())
        return;
    try {
        await(m_session, interrupts, deadline);
    } catch (const std::exception&) {
        return;
    }
}

void Heartbeat::ask()
{
    m_sent = base::now_on(CLOCK_BOOTTIME);
    m_answer_by = Deadline::after(m_timeout);
    m_session.start(m_gone ? m_semaphore.acquire({.wait = !m_last,
                                                  .min_hold = m_min_hold.left(),
                                                  .alone = false,
                                                  .may_be_late = m_session.gave_up_a_script(),
                                                  .name_holder = false})
                           : m_semaphore.renew(),
                    m_answer_by);
}

void Heartbeat::answered(const redis::Reply& reply)
{
    m_trouble.clear();
    m_backoff.reset();
    if (m_gone)
        return reclaimed(m_semaphore.acquired(reply));
    switch (limiter::Semaphore::renewed(reply)) {
    case Renewal::renewed: return held();
    case Renewal::barred: m_lost = true; return;
    case Renewal::gone:
    case Renewal::may_return: break;
    }
    m_gone = true;
    m_last = false;
    m_next = Deadline::after(Micros::zero());
}

void Heartbeat::reclaimed(const Standing& standing)
{
    if (standing.state == Standing::State::holds) {
        base::message::warning(fmt::format("{}: {} had lost the lease; it was asked for again and granted, CMD goes on",
                                           m_semaphore.subject(), m_session.server().display()));
        m_gone = false;
        return held();
    }
    // A rule of recovery that came between is no refusal: the server waits for this holder among others.
    if (standing.state == Standing::State::barred || (m_last && standing.recovers == Micros::zero())) {
        m_lost = true;
        return;
    }
    const bool over = left() <= Micros::zero() && standing.recovers == Micros::zero();
    m_last = over;
    Micros pause = over ? Micros::zero() : k_reclaim_again;
    if (standing.recovers > Micros::zero())
        pause = std::min(pause, standing.recovers);
    m_next = Deadline::after(pause);
}

void Heartbeat::held()
{
    m_lease_from = m_sent;
    m_next = next_beat();
}

// Counted from the sending: an answer that was long on its way has used up a part of the lease.
Deadline Heartbeat::next_beat() const
{
    return Deadline::after(m_lease_from + m_beat - base::now_on(CLOCK_BOOTTIME));
}

// A failed question tells nothing about the lease, the last one included.
void Heartbeat::failed(const std::string& why)
{
    m_trouble = why;
    m_last = false;
    m_next = m_backoff.next();
}

}  // namespace run
