#include "run/await.hpp"

#include "base/random.hpp"
#include "run/errors.hpp"

#include <algorithm>

namespace run {

using base::Deadline;
using base::Micros;

namespace {

constexpr Micros k_brief{1000000};

}  // namespace

void poll_until(std::initializer_list<pollfd> fds, Deadline deadline)
{
    std::vector<pollfd> polled(fds);
    poll_until(std::span(polled), deadline);
}

void poll_until(std::span<pollfd> fds, Deadline deadline)
{
    timespec timeout{};
    if (!deadline.is_never()) {
        const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.left());
        timeout = {left.count() / 1000000000, left.count() % 1000000000};
    }
    if (::ppoll(fds.data(), fds.size(), deadline.is_never() ? nullptr : &timeout, nullptr) < 0 && errno != EINTR)
        throw base::os_error("ppoll");
}

void poll_until(const pollfd& fd, const Interrupts& interrupts, Deadline deadline)
{
    const int watch = interrupts.watch != nullptr ? interrupts.watch->fd() : -1;
    poll_until({fd, {interrupts.signals.fd(), POLLIN, 0}, {watch, POLLIN, 0}}, deadline);
}

void obey(const Interrupts& interrupts)
{
    while (const auto signal = interrupts.signals.next()) {
        switch (process::default_action(signal->number)) {
        case process::DefaultAction::ignore: break;
        case process::DefaultAction::stop: process::stop_by(signal->number); break;
        case process::DefaultAction::terminate: throw Stopped(signal->number);
        }
    }
    if (interrupts.watch != nullptr && interrupts.watch->ended())
        throw Abandoned(interrupts.watch->pid());
}

namespace {

void poll_and_draw(const pollfd& fd, const Interrupts& interrupts, Deadline deadline, WaitLine* line)
{
    poll_until(fd, interrupts, line != nullptr ? std::min(deadline, line->next()) : deadline);
    obey(interrupts);
    if (line != nullptr)
        line->draw();
}

}  // namespace

redis::Reply await(redis::Session& session, const Interrupts& interrupts, Deadline deadline, WaitLine* line)
{
    for (;;) {
        if (auto reply = session.advance())
            return std::move(*reply);
        if (deadline.passed())
            session.give_up();
        poll_and_draw(session.interest(), interrupts, std::min(deadline, session.next()), line);
    }
}

redis::Reply persist(redis::Session& session, const Interrupts& interrupts, const std::function<redis::Request()>& make,
                     Deadline deadline)
{
    std::optional<redis::Unavailable> reason;
    for (Backoff backoff;;) {
        try {
            session.start(make(), deadline);
            return await(session, interrupts, deadline);
        } catch (const redis::Unavailable& e) {
            const Deadline next = backoff.next();
            // A refusal by one of several hosts is no outage, even if the others have not been tried.
            if (const auto refusal = session.refusal(); refusal && next >= deadline)
                throw *refusal;
            // An attempt that the deadline cut short knows less than the one before it.
            if (reason && deadline.passed())
                throw *reason;
            reason = e;
            if (next >= deadline)
                throw;
            sleep_until(next, interrupts);
        }
    }
}

redis::Reply reach(redis::Session& session, const Interrupts& interrupts, const std::function<redis::Request()>& make,
                   Micros timeout, const std::string& subject)
{
    try {
        return persist(session, interrupts, make, Deadline::after(timeout));
    } catch (const redis::Unavailable& e) {
        throw Unreachable(subject, session.server().display(), e);
    } catch (const redis::NoLocalServer& e) {
        throw Unreachable(subject, e);
    }
}

void try_briefly(redis::Session& session, const process::Signals& signals, const std::function<redis::Request()>& make)
{
    try {
        persist(session, signals, make, Deadline::after(k_brief));
    } catch (const std::exception&) {
        return;
    }
}

void sleep_until(Deadline deadline, const Interrupts& interrupts, WaitLine* line)
{
    while (!deadline.passed()) {
        poll_and_draw({-1, 0, 0}, interrupts, deadline, line);
    }
}

Deadline Backoff::next()
{
    const auto span = static_cast<std::uint32_t>(m_pause.count());
    const Micros pause(span / 2 + base::random_bits<std::uint32_t>() % (span / 2));
    m_pause = std::min(m_pause * 2, k_longest);
    return Deadline::after(pause);
}

}  // namespace run
