#include "run/sem_run.hpp"

#include "cli/execute.hpp"
#include "cli/lease_values.hpp"
#include "cli/limiter_values.hpp"
#include "cli/session.hpp"
#include "process/signals.hpp"

#include <unistd.h>

#include <algorithm>

namespace cli {

namespace {

using base::Micros;

run::SupervisePolicy policy_values(const SemRunOptions& o, const SettingSources& sources, Micros lease)
{
    const Micros third = lease / 3;
    run::SupervisePolicy policy;
    policy.kill_after = duration_or(o.kill_after, "--kill-after", k_no_time, k_day, std::min(10 * k_second, third));
    policy.kill_before_end = std::min(policy.kill_after, third);
    policy.on_lost = sources.second_of("on-lost", "stop", "keep", o.on_lost) ? run::OnLost::keep : run::OnLost::stop;
    policy.on_outage =
        sources.second_of("on-outage", "keep", "stop", o.on_outage) ? run::OnOutage::stop : run::OnOutage::keep;
    return policy;
}

run::SemRun values(const SemRunOptions& o, const SettingSources& sources, const Settings& settings)
{
    run::SemRun run;
    run.argv = o.command;
    const std::string name = run_name(o.name, o.command);
    run.semaphore = semaphore_values(o, settings, "sem run");
    run.semaphore.name = name;
    run.semaphore.who = who(::getpid(), o.command[0]);
    run.semaphore.replicas = replicas_value(sources, o.replicas);
    run.wait.max_sleep = max_sleep_value(o.max_sleep, o.no_wait);
    run.wait.redis_timeout = settings.redis_timeout;
    run.wait.min_hold = duration_or(o.min_hold, "--min-hold", k_no_time, k_any_time, k_no_time);
    run.wait.conflict_code = conflict_code_value(o.conflict_exit_code);
    if (!run.wait.max_sleep)
        run.semaphore.outer = outer_ids(run.semaphore.name);
    run.outer_leases = outer_leases();
    run.policy = policy_values(o, sources, run.semaphore.lease);
    run.run_unlimited = sources.second_of("on-unavailable", "fail", "run", o.on_unavailable);
    return run;
}

}  // namespace

base::ExitCode execute(const GlobalOptions& global, const SemRunOptions& options)
{
    const SettingSources sources(global);
    const Settings settings = settle(sources);
    const run::SemRun run = values(options, sources, settings);
    const process::Signals signals;
    redis::Session session = open_session(settings);
    return run::sem_run(run, session, signals);
}

}  // namespace cli
