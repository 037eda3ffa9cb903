#include "run/lease.hpp"

#include "base/error.hpp"
#include "limiter/agreed.hpp"
#include "limiter/semaphore_status.hpp"
#include "run/errors.hpp"
#include "run/exchange.hpp"

#include <set>

namespace run {

namespace {

using base::Error;
using base::ExitCode;
using base::Micros;
using limiter::Members;
using limiter::Release;
using limiter::Renewal;
using limiter::Semaphore;

constexpr Micros k_ask_again{200000};
// In which no holder has reached its own deadline.
constexpr Micros k_longest_settling{limiter::agreed::k_longest_beat + limiter::agreed::k_longest_notice +
                                    limiter::agreed::k_attempts};

struct Answer {
    redis::Reply reply;
    bool repeated = false;  // the server may have done it already when it was asked for the last time
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

void pause(const process::Signals& signals)
{
    try {
        sleep_until(base::Deadline::after(k_ask_again), signals);
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

// A keeper that lives learns within time_to_return() that its lease is gone, and asks for it back: then the server
// tells that it does, until it has it or has reached its own deadline. The times count from the first answer, because a
// server that was away, or busy, was so for the keeper too.
void renew_lease(const NamedLease& lease, redis::Session& session, const process::Signals& signals, Micros timeout)
{
    base::Deadline learns_by = base::Deadline::never();
    base::Deadline returns_by = base::Deadline::never();
    for (;;) {
        const Answer answer = ask(lease.semaphore, session, signals, timeout, [&] { return lease.semaphore.renew(); });
        const Renewal renewal = Semaphore::renewed(answer.reply);
        if (renewal == Renewal::renewed)
            return;
        if (renewal == Renewal::superseded)
            throw_lost(lease.semaphore, session, "it was superseded by a newer one");
        if (renewal == Renewal::barred)
            throw_lost(lease.semaphore, session, "it was released; acquire another one");
        const base::Deadline over = renewal == Renewal::may_return ? returns_by : learns_by;
        if (lease.kept == Micros::zero() || over.passed())
            throw_lost(lease.semaphore, session, "it ended before this; acquire another one");
        if (learns_by.is_never()) {
            learns_by = base::Deadline::after(limiter::time_to_return(lease.kept));
            returns_by = base::Deadline::after(lease.kept + k_longest_settling);
        }
        pause(signals);
    }
}

void release_lease(const NamedLease& lease, redis::Session& session, const process::Signals& signals, Micros timeout)
{
    const Answer answer =
        ask(lease.semaphore, session, signals, timeout, [&] { return lease.semaphore.release(Micros::zero(), true); });
    const Release release = Semaphore::released(answer.reply);
    if (release == Release::barred && !answer.repeated)
        throw_lost(lease.semaphore, session, "it was released before");
    // A keeper that lives is barred now, and ends; without one nobody has the lease any more.
    const bool kept = release == Release::not_in_this_life && lease.kept > Micros::zero();
    if (release == Release::unknown || (release == Release::not_in_this_life && !kept))
        throw_lost(lease.semaphore, session, "it ended before this; others may have had its slot");
}

void free_holder(const Semaphore& semaphore, const std::string& beginning, redis::Session& session,
                 const process::Signals& signals, Micros timeout)
{
    const auto find = [&](Members members, std::set<std::string>& ids) {
        std::string cursor = "0";
        do {
            const limiter::SemaphoreOptions& o = semaphore.options();
            limiter::FoundIds round =
                limiter::found_ids(ask(semaphore, session, signals, timeout, [&] {
                                       return limiter::find_ids(o.prefix, o.name, members, cursor, beginning);
                                   }).reply);
            ids.insert(round.ids.begin(), round.ids.end());
            cursor = std::move(round.cursor);
        } while (cursor != "0");
    };
    std::set<std::string> ids;
    find(Members::holders, ids);
    find(Members::waiters, ids);
    if (ids.size() > 1)
        throw Error(ExitCode::usage, "{} on {}: {} holders and waiters begin with '{}': give more of the id",
                    semaphore.subject(), session.server().display(), ids.size(), beginning);
    if (ids.empty())
        throw Error(ExitCode::lost, "{} on {}: no holder and no waiter begins with '{}'; {}", semaphore.subject(),
                    session.server().display(), beginning, base::advice(base::Advice::see_who_holds));
    const Semaphore found(semaphore.options(), *ids.begin());
    ask(found, session, signals, timeout, [&] { return found.release(Micros::zero(), true); });
}

}  // namespace run
