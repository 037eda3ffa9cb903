#include "run/sem_acquire.hpp"

#include "base/error.hpp"
#include "limiter/lease_id.hpp"
#include "process/standard_fds.hpp"
#include "run/give_back.hpp"
#include "run/hold.hpp"

#include <poll.h>
#include <unistd.h>

#include <optional>
#include <string_view>

namespace run {

namespace {

using base::Error;
using base::ExitCode;

// A pipe that is full, or a terminal that was stopped, is waited for here and not in write(2), which no signal could
// end: they are blocked.
void print(const std::string& subject, std::string_view text, const Interrupts& interrupts)
{
    while (!text.empty()) {
        pollfd out{STDOUT_FILENO, POLLOUT, 0};
        poll_until(out, interrupts, base::Deadline::never());
        obey(interrupts);
        if (::poll(&out, 1, 0) == 0)
            continue;  // woken by a signal that ends nothing, such as the SIGCHLD that the keeper's start left
        const ssize_t n = ::write(STDOUT_FILENO, text.data(), text.size());
        if (n >= 0)
            text.remove_prefix(static_cast<std::size_t>(n));
        else if (const int error = errno; error != EAGAIN && error != EINTR) {
            obey(interrupts);  // SIGPIPE: left pending, it would end the release that follows
            throw Error(ExitCode::os_error,
                        "{}: stdout: {}: the lease id could not be told, and the slot is given back", subject,
                        std::strerror(error));
        }
    }
}

}  // namespace

void sem_acquire(const SemAcquire& options, redis::Session& session, const Interrupts& interrupts)
{
    if (process::was_closed(STDOUT_FILENO))
        throw Error(ExitCode::os_error, "stdout is closed: the lease id has nowhere to go");
    limiter::Semaphore semaphore(options.semaphore);
    or_give_back(semaphore, session, interrupts, [&] {
        const base::Micros sent = wait_for_slot(semaphore, session, interrupts, options.wait);
        obey(interrupts);
        std::optional<Keeper> keeper;
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

}  // namespace run
