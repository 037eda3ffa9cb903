// limiters sem acquire: wait for a slot, and leave it held under a lease whose id goes to stdout.
#include "base/error.hpp"
#include "commands/execute.hpp"
#include "commands/lease_values.hpp"
#include "commands/limiter_values.hpp"
#include "commands/session.hpp"
#include "limiter/lease_id.hpp"
#include "limiter/semaphore.hpp"
#include "options/default_name.hpp"
#include "options/flags.hpp"
#include "process/process_watch.hpp"
#include "process/signals.hpp"
#include "process/standard_fds.hpp"
#include "redis/session.hpp"
#include "run/give_back.hpp"
#include "run/keeper.hpp"
#include "run/wait_for_slot.hpp"

#include <poll.h>
#include <unistd.h>

#include <optional>
#include <string_view>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;

struct SemAcquire {
    limiter::SemaphoreOptions semaphore;
    run::WaitOptions wait;
};

// A pipe that is full, or a terminal that was stopped, is waited for here and not in write(2), which no signal could
// end: they are blocked.
void print(const std::string& subject, std::string_view text, const run::Interrupts& interrupts)
{
    while (!text.empty()) {
        pollfd out{STDOUT_FILENO, POLLOUT, 0};
        run::poll_until(out, interrupts, base::Deadline::never());
        run::obey(interrupts);
        if (::poll(&out, 1, 0) == 0)
            continue;  // woken by a signal that ends nothing, such as the SIGCHLD that the keeper's start left
        const ssize_t n = ::write(STDOUT_FILENO, text.data(), text.size());
        if (n >= 0)
            text.remove_prefix(static_cast<std::size_t>(n));
        else if (const int error = errno; error != EAGAIN && error != EINTR) {
            run::obey(interrupts);  // SIGPIPE: left pending, it would end the release that follows
            throw Error(ExitCode::os_error,
                        "{}: stdout: {}: the lease id could not be told, and the slot is given back", subject,
                        std::strerror(error));
        }
    }
}

void sem_acquire(const SemAcquire& options, redis::Session& session, const run::Interrupts& interrupts)
{
    if (process::was_closed(STDOUT_FILENO))
        throw Error(ExitCode::os_error, "stdout is closed: the lease id has nowhere to go");
    limiter::Semaphore semaphore(options.semaphore);
    run::or_give_back(semaphore, session, interrupts, [&] {
        const base::Micros sent = run::wait_for_slot(semaphore, session, interrupts, options.wait);
        run::obey(interrupts);
        std::optional<run::Keeper> keeper;
        if (interrupts.watch != nullptr)
            keeper.emplace(semaphore, session, interrupts, options.wait.redis_timeout, sent);
        const limiter::SemaphoreOptions& o = semaphore.options();
        limiter::Kept kept;
        if (keeper)
            kept = {std::chrono::duration_cast<std::chrono::milliseconds>(o.lease), semaphore.ticket()};
        print(semaphore.subject(),
              limiter::lease_id(o.name, semaphore.id(), session.server().display(), o.prefix, kept) + "\n", interrupts);
        if (keeper)
            keeper->stay();
    });
}

std::optional<process::ProcessWatch> watch_value(const options::Given& o)
{
    const options::Text text = o.text(options::k_until_exit);
    if (!text)
        return std::nullopt;
    auto watch = process::ProcessWatch::of(static_cast<pid_t>(options::number(o, options::k_until_exit)));
    if (!watch)
        options::reject({options::label(options::k_until_exit)}, *text, "no process that lives has this number");
    return watch;
}

SemAcquire values(const options::SemAcquireOptions& o, const options::SettingSources& sources, const Settings& settings,
                  pid_t holder)
{
    SemAcquire acquire;
    const std::string name = required_name(o, "sem acquire");
    acquire.semaphore = semaphore_values(o, settings, "sem acquire");
    acquire.semaphore.name = name;
    acquire.semaphore.who = who(holder, options::base_name(process::process_name(holder)), sources);
    acquire.semaphore.replicas = replicas_value(sources);
    acquire.wait.max_sleep = max_sleep_value(o);
    acquire.wait.redis_timeout = settings.redis_timeout;
    acquire.wait.conflict_code = conflict_code_value(o);
    if (!acquire.wait.max_sleep)
        acquire.semaphore.outer = outer_ids(acquire.semaphore.name);
    return acquire;
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::SemAcquireOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settings_from(sources);
    const std::optional<process::ProcessWatch> watch = watch_value(options);
    // The name in status is that of what holds the slot, the process to hold for or the script that asks, because this
    // process will be gone.
    const SemAcquire acquire = values(options, sources, settings, watch ? watch->pid() : ::getppid());
    const process::Signals signals;
    redis::Session session = open_session(settings);
    sem_acquire(acquire, session, {signals, watch ? &*watch : nullptr});
    return base::ExitCode::ok;
}

}  // namespace commands
