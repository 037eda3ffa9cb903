#include "run/exchange.hpp"

#include "base/random.hpp"
#include "run/errors.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace run {

using base::Deadline;
using base::Micros;

namespace {

constexpr Micros k_time_to_give_back{1000000};  // somebody waits for this process to end

}  // namespace

Deadline Backoff::next()
{
    const auto span = static_cast<std::uint32_t>(m_pause.count());
    const Micros pause(span / 2 + base::random_bits<std::uint32_t>() % (span / 2));
    m_pause = std::min(m_pause * 2, k_longest);
    return Deadline::after(pause);
}

void Exchange::ask(Make make)
{
    m_make = std::move(make);
    m_state = State::to_be_sent;
}

std::optional<redis::Reply> Exchange::advance()
{
    try {
        if (!waiting() && !m_session.waiting())
            m_session.advance();  // because an idle connection that has broken meanwhile must not be written to
        if (m_state == State::to_be_sent && m_send_at.passed())
            send();
        if (waiting())
            return hear();
    } catch (const base::Exception&) {
        failed();
        throw;
    }
    return std::nullopt;
}

void Exchange::send()
{
    Attempt attempt = m_make();
    m_answer_by = attempt.answer_by;
    m_session.start(std::move(attempt.request), m_answer_by);
    m_state = State::waiting;
}

std::optional<redis::Reply> Exchange::hear()
{
    auto reply = m_session.advance();
    if (reply) {
        m_state = State::idle;
        m_backoff.reset();
    } else if (m_answer_by.passed()) {
        m_session.give_up();
    }
    return reply;
}

void Exchange::failed()
{
    m_send_at = m_backoff.next();
    if (!idle())
        m_state = State::to_be_sent;
}

redis::Reply Exchange::answer(const Interrupts& interrupts, terminal::WaitLine* line)
{
    for (;;) {
        if (auto reply = advance())
            return std::move(*reply);
        poll_and_draw(interest(), interrupts, next(), line);
    }
}

Deadline Exchange::next() const
{
    switch (m_state) {
    case State::idle: break;
    case State::to_be_sent: return m_send_at;
    case State::waiting: return std::min(m_answer_by, m_session.next());
    }
    return Deadline::never();
}

redis::Reply persist(redis::Session& session, const Interrupts& interrupts, const MakeRequest& make, Deadline deadline)
{
    Exchange exchange(session);
    exchange.ask([&] { return Attempt{make(), deadline}; });
    for (std::optional<redis::Unavailable> before;;) {
        try {
            return exchange.answer(interrupts);
        } catch (const redis::Unavailable& e) {
            const bool over = exchange.next() >= deadline;
            // A refusal by one of several hosts is no outage, even if the others have not been tried.
            if (const auto refusal = session.refusal(); refusal && over)
                throw *refusal;
            // An attempt that the deadline cut short knows less than the one before it.
            if (before && deadline.passed())
                throw *before;
            if (over)
                throw;
            before = e;
        }
    }
}

redis::Reply reach(redis::Session& session, const Interrupts& interrupts, const MakeRequest& make, Micros timeout,
                   const std::string& subject)
{
    try {
        return persist(session, interrupts, make, Deadline::after(timeout));
    } catch (const redis::Unavailable& e) {
        throw Unreachable(subject, session.server().display(), e);
    } catch (const redis::NoLocalServer& e) {
        throw Unreachable(subject, e);
    }
}

void try_briefly(redis::Session& session, const process::Signals& signals, const MakeRequest& make)
{
    try {
        persist(session, signals, make, Deadline::after(k_time_to_give_back));
    } catch (const std::exception&) {
        return;
    }
}

}  // namespace run
