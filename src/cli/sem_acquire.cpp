#include "run/sem_acquire.hpp"

#include "cli/execute.hpp"
#include "cli/lease_values.hpp"
#include "cli/limiter_values.hpp"
#include "cli/session.hpp"
#include "process/process_watch.hpp"
#include "process/signals.hpp"

#include <unistd.h>

#include <limits>

namespace cli {

namespace {

std::optional<process::ProcessWatch> watch_value(const Text& text)
{
    if (!text)
        return std::nullopt;
    const std::int64_t pid = whole_number({"--until-exit"}, *text, 1, std::numeric_limits<pid_t>::max());
    auto watch = process::ProcessWatch::of(static_cast<pid_t>(pid));
    if (!watch)
        reject({"--until-exit"}, *text, "no process that lives has this number");
    return watch;
}

run::SemAcquire values(const SemAcquireOptions& o, const SettingSources& sources, const Settings& settings,
                       pid_t holder)
{
    run::SemAcquire acquire;
    const std::string name = required_name(o.name, "sem acquire");
    acquire.semaphore = semaphore_values(o, settings, "sem acquire");
    acquire.semaphore.name = name;
    acquire.semaphore.who = who(holder, process::process_name(holder));
    acquire.semaphore.replicas = replicas_value(sources, o.replicas);
    acquire.wait.max_sleep = max_sleep_value(o.max_sleep, o.no_wait);
    acquire.wait.redis_timeout = settings.redis_timeout;
    acquire.wait.conflict_code = conflict_code_value(o.conflict_exit_code);
    if (!acquire.wait.max_sleep)
        acquire.semaphore.outer = outer_ids(acquire.semaphore.name);
    return acquire;
}

}  // namespace

base::ExitCode execute(const GlobalOptions& global, const SemAcquireOptions& options)
{
    const SettingSources sources(global);
    const Settings settings = settle(sources);
    const std::optional<process::ProcessWatch> watch = watch_value(options.until_exit);
    // This process will be gone: what holds the slot is the one to hold for, or the script that asks.
    const run::SemAcquire acquire = values(options, sources, settings, watch ? watch->pid() : ::getppid());
    const process::Signals signals;
    redis::Session session = open_session(settings);
    run::sem_acquire(acquire, session, {signals, watch ? &*watch : nullptr});
    return base::ExitCode::ok;
}

}  // namespace cli
