#include "run/keeper.hpp"

#include "base/error.hpp"
#include "process/detach.hpp"
#include "run/give_back.hpp"
#include "run/heartbeat.hpp"

#include <sys/socket.h>

#include <algorithm>

namespace run {

namespace {

using base::Deadline;
using base::Micros;

constexpr Micros k_time_to_end{1000000};  // TERM: who sent it (init, at the shutdown) sends KILL before long

// Each end of the channel says one byte: the keeper that it runs, the starter that the keeper is to stay.
void say_yes(const base::Fd& channel)
{
    const char yes = 1;
    ::send(channel.get(), &yes, sizeof yes, MSG_NOSIGNAL);
}

enum class Said { nothing, yes, gone };

Said hear(const base::Fd& channel)
{
    char byte = 0;
    const ssize_t n = ::recv(channel.get(), &byte, sizeof byte, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return Said::nothing;
    return n == 1 ? Said::yes : Said::gone;
}

// What the keeper does from its start to its end.
void keep(limiter::Semaphore& semaphore, redis::Session& session, const process::ProcessWatch& watch,
          Micros redis_timeout, Micros sent, base::Fd starter)
{
    const process::Signals signals;
    const Interrupts interrupts(signals, &watch);
    Heartbeat heartbeat(semaphore, session, redis_timeout, sent, Deadline::after(Micros::zero()));
    say_yes(starter);
    Micros patience = k_time_to_end;
    try {
        for (;;) {
            heartbeat.advance();
            if (heartbeat.lost())
                return;
            poll_until(
                {heartbeat.interest(), {signals.fd(), POLLIN, 0}, {watch.fd(), POLLIN, 0}, {starter.get(), POLLIN, 0}},
                heartbeat.next());
            obey(interrupts);
            const Said said = starter ? hear(starter) : Said::nothing;
            if (said == Said::gone)
                throw Abandoned(::getppid());
            if (said == Said::yes)
                starter.reset();
        }
    } catch (const Stopped&) {
    } catch (const Abandoned&) {
        patience = std::max(heartbeat.left(), redis_timeout);  // at the end of the lease there is nothing to release
    }
    give_back(semaphore, session, signals, Micros::zero(), patience, false);
}

}  // namespace

Keeper::Keeper(limiter::Semaphore& semaphore, redis::Session& session, const Interrupts& interrupts,
               Micros redis_timeout, Micros sent)
{
    const process::ProcessWatch& watch = *interrupts.watch;
    std::vector<int> keep_open{watch.fd()};
    if (session.connected())
        keep_open.push_back(session.interest().fd);
    m_channel = process::detach(
        keep_open, [&](base::Fd channel) { keep(semaphore, session, watch, redis_timeout, sent, std::move(channel)); });
    session.drop();
    for (;;) {
        const Said said = hear(m_channel);
        if (said == Said::yes)
            return;
        if (said == Said::gone)
            throw base::Error(base::ExitCode::os_error, "{}: the process that was to keep the lease has ended",
                              semaphore.subject());
        poll_until({m_channel.get(), POLLIN, 0}, interrupts, Deadline::never());
        obey(interrupts);
    }
}

void Keeper::stay()
{
    say_yes(m_channel);
}

}  // namespace run
