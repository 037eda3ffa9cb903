#include "run/sem_run.hpp"

#include "base/message.hpp"
#include "limiter/lease_id.hpp"
#include "process/descendants.hpp"
#include "process/signals.hpp"
#include "run/await.hpp"
#include "run/errors.hpp"
#include "run/give_back.hpp"

namespace run {

namespace {

using base::Deadline;
using base::Error;
using base::ExitCode;
using base::Micros;

std::string waited_ms(Micros since)
{
    return std::to_string((base::now_on(CLOCK_MONOTONIC) - since).count() / 1000);
}

class SemRunner {
public:
    SemRunner(const SemRun& options, redis::Session& session, const process::Signals& signals)
        : m_options(options), m_session(session), m_signals(signals), m_semaphore(options.semaphore)
    {
    }

    ExitCode run()
    {
        process::require_executable(m_options.argv[0]);
        const Micros began = base::now_on(CLOCK_MONOTONIC);
        Micros granted{0};
        try {
            or_give_back(m_semaphore, m_session, m_signals, [&] {
                granted = wait_for_slot(m_semaphore, m_session, m_signals, m_options.wait);
                obey(m_signals);  // CMD never starts once a stop was asked for
            });
        } catch (const Unreachable& e) {
            run_unlimited(e, began);
        }
        return run_command(began, granted);
    }

private:
    ExitCode run_command(Micros began, Micros granted)
    {
        const Micros timeout = m_options.wait.redis_timeout;
        try {
            const std::set<pid_t> others = process::adopt_descendants();
            process::Child child = start(began);
            const Deadline min_hold = Deadline::after(m_options.wait.min_hold);
            Heartbeat heartbeat(m_semaphore, m_session, timeout, granted, min_hold);
            const Ended ended = supervise(child, others, heartbeat, m_signals, m_options.policy, m_semaphore.subject(),
                                          m_session.server().display());
            child.require_started(m_options.argv[0]);
            const Deadline deadline = Deadline::after(timeout);
            heartbeat.hear_out(m_signals, Deadline::after(timeout / 2));
            give_back(m_semaphore, m_session, m_signals, min_hold.left(), deadline.left(), true);
            return end_as(ended);
        } catch (const Error&) {
            give_back(m_semaphore, m_session, m_signals, Micros::zero(), timeout, true);
            throw;
        }
    }

    static ExitCode end_as(const Ended& ended)
    {
        if (ended.stopped_by_us)
            return ExitCode::lost;
        if (ended.status->killed())
            process::die_of(ended.status->signal());
        return ExitCode{ended.status->exit_code()};
    }

    process::Child start(Micros began)
    {
        const limiter::SemaphoreOptions& o = m_semaphore.options();
        const std::string lease = limiter::lease_id(o.name, m_semaphore.id(), m_session.server().display(), o.prefix);
        process::Command command = this->command(began);
        command.environment.insert(
            {{"LIMITERS_LEASE", lease}, {"LIMITERS_FENCE", std::to_string(m_semaphore.fence())}});
        return process::Child::start(command, m_signals);
    }

    [[noreturn]] void run_unlimited(const Unreachable& why, Micros began)
    {
        if (!m_options.run_unlimited)
            throw why;
        base::message::warning(fmt::format("{}; CMD runs without a limit (--on-unavailable run)", why.what()));
        process::Command command = this->command(began);
        command.environment.insert({{"LIMITERS_LEASE", std::nullopt}, {"LIMITERS_FENCE", std::nullopt}});
        process::replace_by(command, m_signals);
    }

    // What CMD is told with a lease and without one.
    [[nodiscard]] process::Command command(Micros began) const
    {
        process::Command command{
            m_options.argv, {{"LIMITERS_NAME", m_semaphore.options().name}, {"LIMITERS_WAITED_MS", waited_ms(began)}}};
        if (!m_options.outer_leases.empty())
            command.environment.insert({"LIMITERS_OUTER", fmt::format("{}", fmt::join(m_options.outer_leases, " "))});
        return command;
    }

    const SemRun& m_options;
    redis::Session& m_session;
    const process::Signals& m_signals;
    limiter::Semaphore m_semaphore;
};

}  // namespace

base::ExitCode sem_run(const SemRun& options, redis::Session& session, const process::Signals& signals)
{
    return SemRunner(options, session, signals).run();
}

}  // namespace run
