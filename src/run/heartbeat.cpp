#include "run/heartbeat.hpp"

#include "base/error.hpp"
#include "base/message.hpp"

#include <algorithm>
#include <exception>

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
      m_lease_from(sent), m_next(next_beat()), m_exchange(session)
{
}

Deadline Heartbeat::next() const
{
    if (lost())
        return Deadline::never();
    return m_exchange.idle() ? m_next : m_exchange.next();
}

Micros Heartbeat::left() const
{
    return m_lease_from + m_lease - base::now_on(CLOCK_BOOTTIME);
}

void Heartbeat::advance()
{
    if (lost())
        return;
    try {
        const bool was_connected = m_session.connected();
        auto reply = m_exchange.advance();
        // A connection that breaks between two beats is the first sign of an outage: look at once.
        const bool broke = was_connected && !m_session.connected();
        if (!reply && m_exchange.idle() && (m_next.passed() || broke)) {
            ask();
            reply = m_exchange.advance();
        }
        if (reply)
            answered(*reply);
    } catch (const redis::Unavailable& e) {
        failed(e.what());
    } catch (const base::Error& e) {
        failed(e.what());  // a password or a right taken away: no reason to stop a CMD that holds its lease
    }
}

void Heartbeat::hear_out(const Interrupts& interrupts, Deadline deadline)
{
    try {
        while (m_exchange.waiting() && m_trouble.empty() && !deadline.passed() && !m_exchange.advance())
            poll_and_draw(interest(), interrupts, std::min(deadline, m_exchange.next()), nullptr);
    } catch (const std::exception&) {
        return;
    }
}

void Heartbeat::ask()
{
    m_exchange.ask([this] { return question(); });
}

Attempt Heartbeat::question()
{
    m_sent = base::now_on(CLOCK_BOOTTIME);
    return {m_state == State::held ? m_semaphore.renew()
                                   : m_semaphore.acquire({.wait = m_state != State::last_try,
                                                          .min_hold = m_min_hold.left(),
                                                          .alone = false,
                                                          .may_be_late = m_session.may_run_late(),
                                                          .tell = false}),
            Deadline::after(m_timeout)};
}

void Heartbeat::answered(const redis::Reply& reply)
{
    m_trouble.clear();
    if (m_state != State::held)
        return reclaimed(m_semaphore.acquired(reply));
    switch (limiter::Semaphore::renewed(reply)) {
    case Renewal::renewed: return held();
    case Renewal::superseded: m_superseded = true; [[fallthrough]];
    case Renewal::barred: m_state = State::lost; return;
    case Renewal::gone:
    case Renewal::may_return: break;
    }
    m_state = State::gone;
    m_next = Deadline::after(Micros::zero());
}

void Heartbeat::reclaimed(const Standing& standing)
{
    if (standing.state == Standing::State::holds) {
        base::message::warning(fmt::format("{}: {} had lost the lease; it was asked for again and granted, CMD goes on",
                                           m_semaphore.subject(), m_session.server().display()));
        return held();
    }
    // A rule of recovery that came between is no refusal: the server waits for this holder among others.
    const bool recovers = standing.recovers > Micros::zero();
    m_superseded = standing.state == Standing::State::superseded;
    if (m_superseded || standing.state == Standing::State::barred || (m_state == State::last_try && !recovers)) {
        m_state = State::lost;
        return;
    }
    m_state = left() <= Micros::zero() && !recovers ? State::last_try : State::gone;
    if (m_state == State::last_try)
        m_next = Deadline::after(Micros::zero());
    else
        m_next = Deadline::after(recovers ? std::min(k_reclaim_again, standing.recovers) : k_reclaim_again);
}

void Heartbeat::held()
{
    m_state = State::held;
    m_lease_from = m_sent;
    m_next = next_beat();
}

// Counted from the sending: an answer that was long on its way has used up a part of the lease.
Deadline Heartbeat::next_beat() const
{
    return Deadline::after(m_lease_from + m_beat - base::now_on(CLOCK_BOOTTIME));
}

// A failed question tells nothing about the lease, the last one included. The exchange asks again by itself, unless
// it was the idle connection that failed.
void Heartbeat::failed(const std::string& why)
{
    m_trouble = why;
    if (m_state == State::last_try)
        m_state = State::gone;
    ask();
}

}  // namespace run
