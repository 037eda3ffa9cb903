#include "run/lease.hpp"

#include "base/error.hpp"
#include "run/errors.hpp"

namespace run {

namespace {

using base::Error;
using base::ExitCode;
using base::Micros;
using limiter::Absence;
using limiter::Freed;
using limiter::Release;
using limiter::Renewal;
using limiter::Semaphore;

constexpr Micros k_bar = std::chrono::hours(24);  // of a holder that may be stopped or asleep: the longest lease

struct Answer {
    redis::Reply reply;
    bool repeated;  // the server may have done it already when it was asked for the last time
};

Answer ask(const Semaphore& semaphore, redis::Session& session, const process::Signals& signals, Micros timeout,
           const std::function<redis::Request()>& make)
{
    int asked = 0;
    try {
        redis::Reply reply = reach(
            session, signals,
            [&] {
                ++asked;
                return make();
            },
            timeout, semaphore.subject());
        return {std::move(reply), asked > 1};
    } catch (const Stopped& stopped) {
        process::die_of(stopped.signal);
    }
}

[[noreturn]] void throw_lost(const Semaphore& lease, const redis::Session& session, const char* why)
{
    throw Error(ExitCode::lost, "{} on {}: the lease is no longer held: {}", lease.subject(),
                session.server().display(), why);
}

}  // namespace

void renew_lease(const Semaphore& lease, redis::Session& session, const process::Signals& signals, Micros timeout)
{
    const Answer answer = ask(lease, session, signals, timeout,
                              [&] { return lease.renew(session.away() ? Absence::away : Absence::none); });
    switch (Semaphore::renewed(answer.reply)) {
    case Renewal::renewed: return;
    case Renewal::barred: throw_lost(lease, session, "it was released; acquire another one");
    case Renewal::gone: throw_lost(lease, session, "it ended before this; acquire another one");
    }
}

void release_lease(const Semaphore& lease, redis::Session& session, const process::Signals& signals, Micros timeout)
{
    const Answer answer = ask(lease, session, signals, timeout, [&] { return lease.release(Micros::zero()); });
    const Release release = Semaphore::released(answer.reply);
    if (release == Release::barred && !answer.repeated)
        throw_lost(lease, session, "it was released before");
    if (release == Release::unknown)
        throw_lost(lease, session, "it ended before this; others may have had its slot");
}

void free_holder(const Semaphore& semaphore, const std::string& beginning, redis::Session& session,
                 const process::Signals& signals, Micros timeout)
{
    const Answer answer = ask(semaphore, session, signals, timeout, [&] { return semaphore.free(beginning, k_bar); });
    const Freed freed = Semaphore::freed(answer.reply);
    if (freed.found == 1 || (freed.barred && answer.repeated))
        return;
    if (freed.found > 1)
        throw Error(ExitCode::usage, "{} on {}: {} holders and waiters begin with '{}': give more of the id",
                    semaphore.subject(), session.server().display(), freed.found, beginning);
    throw Error(ExitCode::lost, "{} on {}: no holder and no waiter begins with '{}'; see limiters status",
                semaphore.subject(), session.server().display(), beginning);
}

}  // namespace run
