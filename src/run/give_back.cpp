#include "run/give_back.hpp"

#include "base/error.hpp"
#include "base/message.hpp"
#include "run/errors.hpp"
#include "run/exchange.hpp"

#include <algorithm>

namespace run {

using base::Deadline;
using base::Error;
using base::ExitCode;
using base::Micros;

namespace {

constexpr Micros k_leave_time{1000000};     // somebody waits for this process to end
constexpr Micros k_notice{1000000};         // a path that forgot the connection swallows the question
constexpr Micros k_last_word_time{200000};  // a server that is away: if questions still reach it, so does a release

// Releases a slot that nobody was told of. No replica need know that it is free again.
void leave_nothing(const limiter::Semaphore& semaphore, redis::Session& session, const process::Signals& signals,
                   Micros time)
{
    const auto release = [&] {
        redis::Request request = semaphore.release(Micros::zero(), session.may_run_late());
        request.copies = {};
        return request;
    };
    try {
        persist(session, signals, release, Deadline::after(time));
    } catch (const std::exception&) {
        return;
    }
}

// `done`: the server has the slot back, and the trouble is with its replicas. What a server says that refuses names
// limiter and server already.
void warn(const limiter::Semaphore& semaphore, const redis::Session& session, bool done, const std::exception& why)
{
    const std::string server = session.server().display();
    const std::string names = fmt::format("{}: {} ", semaphore.subject(), server);
    std::string_view what = why.what();
    if (what.starts_with(names))
        what.remove_prefix(names.size());
    base::message::warning(
        done ? fmt::format("{}: {} has the slot back, but {}; after a failover it ends with its lease",
                           semaphore.subject(), server, what)
             : fmt::format("{}: the slot could not be given back to {}: {}; it ends with its lease",
                           semaphore.subject(), server, what));
}

}  // namespace

void give_back(const limiter::Semaphore& semaphore, redis::Session& session, const process::Signals& signals,
               Micros min_hold, Micros time, bool tell)
{
    bool done = false;
    try {
        const Deadline held_until = Deadline::after(min_hold);
        const Deadline deadline = Deadline::after(time);
        const auto release = [&] { return semaphore.release(held_until.left(), session.may_run_late()); };
        try {
            persist(session, signals, release, std::min(deadline, Deadline::after(k_notice)));
        } catch (const redis::Unavailable& e) {
            done = e.done();
            if (deadline.passed())
                throw;
            persist(session, signals, release, deadline);  // on another connection
        }
    } catch (const Stopped&) {
        return;
    } catch (const redis::Unavailable& e) {
        if (tell)
            warn(semaphore, session, done || e.done(), e);
    } catch (const std::exception& e) {
        if (tell)
            warn(semaphore, session, done, e);
    }
}

void or_give_back(const limiter::Semaphore& semaphore, redis::Session& session, const Interrupts& interrupts,
                  const std::function<void()>& take)
{
    const auto leave = [&](Micros time) { leave_nothing(semaphore, session, interrupts.signals, time); };
    try {
        take();
    } catch (const Conflict&) {
        throw;
    } catch (const Stopped& stopped) {
        leave(k_leave_time);
        process::die_of(stopped.signal);
    } catch (const Abandoned& abandoned) {
        leave(k_leave_time);
        throw Error(ExitCode::usage, "{}: process {} has ended: nobody is left to hold a slot for ({})",
                    semaphore.subject(), abandoned.pid, base::advice(base::Advice::process_to_hold_for));
    } catch (const Error& e) {
        leave(e.code() == ExitCode::unavailable ? k_last_word_time : k_leave_time);
        throw;
    }
}

}  // namespace run
