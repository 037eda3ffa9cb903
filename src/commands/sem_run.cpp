// limiters sem run: wait for a slot, run CMD while it is held, give it back.
#include "base/message.hpp"
#include "commands/execute.hpp"
#include "commands/lease_values.hpp"
#include "commands/limiter_values.hpp"
#include "commands/session.hpp"
#include "limiter/lease_id.hpp"
#include "limiter/semaphore.hpp"
#include "options/default_name.hpp"
#include "options/flags.hpp"
#include "process/command.hpp"
#include "process/descendants.hpp"
#include "process/signals.hpp"
#include "redis/session.hpp"
#include "run/await.hpp"
#include "run/errors.hpp"
#include "run/give_back.hpp"
#include "run/supervise.hpp"
#include "run/wait_for_slot.hpp"

#include <unistd.h>

#include <algorithm>

namespace commands {

namespace {

using base::Deadline;
using base::Error;
using base::ExitCode;
using base::Micros;

constexpr Micros k_kill_after{10 * options::k_second};

struct SemRun {
    limiter::SemaphoreOptions semaphore;
    run::WaitOptions wait;
    run::SupervisePolicy policy;
    bool run_unlimited = false;             // --on-unavailable run
    std::vector<std::string> outer_leases;  // of the processes around this one, for those below CMD
    std::vector<std::string> argv;
};

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
            run::or_give_back(m_semaphore, m_session, m_signals, [&] {
                granted = run::wait_for_slot(m_semaphore, m_session, m_signals, m_options.wait);
                run::obey(m_signals);  // CMD never starts once a stop was asked for
            });
        } catch (const run::Unreachable& e) {
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
            run::Heartbeat heartbeat(m_semaphore, m_session, timeout, granted, min_hold);
            const run::Ended ended = run::supervise(child, others, heartbeat, m_signals, m_options.policy,
                                                    m_semaphore.subject(), m_session.server().display());
            child.require_started(m_options.argv[0]);
            const Deadline deadline = Deadline::after(timeout);
            heartbeat.hear_out(m_signals, Deadline::after(timeout / 2));
            run::give_back(m_semaphore, m_session, m_signals, min_hold.left(), deadline.left(), true);
            return end_as(ended);
        } catch (const Error&) {
            run::give_back(m_semaphore, m_session, m_signals, Micros::zero(), timeout, true);
            throw;
        }
    }

    static ExitCode end_as(const run::Ended& ended)
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
        if (!m_semaphore.slots().empty())
            command.environment.insert({"LIMITERS_SLOT", m_semaphore.slots()});
        return process::Child::start(command, m_signals);
    }

    [[noreturn]] void run_unlimited(const run::Unreachable& why, Micros began)
    {
        if (!m_options.run_unlimited)
            throw why;
        base::message::warning(fmt::format("{}; CMD runs without a limit (--on-unavailable run)", why.what()));
        process::Command command = this->command(began);
        command.environment.insert({{"LIMITERS_LEASE", std::nullopt}, {"LIMITERS_FENCE", std::nullopt}});
        if (!m_options.semaphore.policies.slots.empty())
            command.environment.insert({"LIMITERS_SLOT", std::nullopt});
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

// Returns the exit code of CMD, or dies of the signal that CMD died of. Throws Error; CMD was not started then, but for
// the code `lost`.
ExitCode sem_run(const SemRun& options, redis::Session& session, const process::Signals& signals)
{
    return SemRunner(options, session, signals).run();
}

run::SupervisePolicy policy_values(const options::SemRunOptions& o, const options::SettingSources& sources,
                                   Micros lease)
{
    const Micros third = lease / 3;
    run::SupervisePolicy policy;
    policy.kill_after =
        o.has(options::k_kill_after) ? options::duration(o, options::k_kill_after) : std::min(k_kill_after, third);
    policy.kill_before_end = std::min(policy.kill_after, third);
    policy.on_lost = sources.second_of(options::k_on_lost) ? run::OnLost::keep : run::OnLost::stop;
    policy.on_outage = sources.second_of(options::k_on_outage) ? run::OnOutage::stop : run::OnOutage::keep;
    return policy;
}

SemRun values(const options::SemRunOptions& o, const options::SettingSources& sources, const Settings& settings)
{
    SemRun run;
    run.argv = o.command;
    const std::string name = run_name(o);
    run.semaphore = semaphore_values(o, settings, "sem run");
    run.semaphore.name = name;
    run.semaphore.who = who(::getpid(), options::shown_name(o.command), sources);
    run.semaphore.replicas = replicas_value(sources);
    run.wait.max_sleep = max_sleep_value(o);
    run.wait.redis_timeout = settings.redis_timeout;
    run.wait.min_hold = options::duration(o, options::k_min_hold);
    run.wait.conflict_code = conflict_code_value(o);
    if (!run.wait.max_sleep)
        run.semaphore.outer = outer_ids(run.semaphore.name);
    run.outer_leases = outer_leases();
    run.policy = policy_values(o, sources, run.semaphore.lease);
    run.run_unlimited = sources.second_of(options::k_on_unavailable);
    return run;
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::SemRunOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settings_from(sources);
    const SemRun run = values(options, sources, settings);
    const process::Signals signals;
    redis::Session session = open_session(settings);
    return sem_run(run, session, signals);
}

}  // namespace commands
