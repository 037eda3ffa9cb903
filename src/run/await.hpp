// Waiting while a signal, or the end of another process, may end the wait.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "process/process_watch.hpp"
#include "process/signals.hpp"
#include "terminal/wait_line.hpp"

#include <poll.h>

#include <initializer_list>
#include <span>

namespace run {

// A signal asks limiters to end while it waits.
class Stopped : public base::Interrupted {
public:
    explicit Stopped(int by) : Interrupted(fmt::format("a signal ({})", by)), signal(by) {}

    int signal;
};

// The process has ended that the slot was asked for.
class Abandoned : public base::Interrupted {
public:
    explicit Abandoned(pid_t who) : Interrupted(fmt::format("the end of process {}", who)), pid(who) {}

    pid_t pid;
};

// What may end a wait: a signal, and the end of another process if there is one to watch. Both stay the caller's.
struct Interrupts {
    Interrupts(const process::Signals& s, const process::ProcessWatch* w = nullptr) : signals(s), watch(w) {}

    const process::Signals& signals;
    const process::ProcessWatch* watch;
};

// poll(2), in whole nanoseconds, on descriptors (-1: none) until one is ready, a signal has come or the deadline has
// passed. Which are ready stands in `revents`. Throws Error (os_error).
void poll_until(std::span<pollfd> fds, base::Deadline deadline);
void poll_until(std::initializer_list<pollfd> fds, base::Deadline deadline);

// Polls one descriptor besides what may interrupt: obey() is to be called afterwards.
void poll_until(const pollfd& fd, const Interrupts& interrupts, base::Deadline deadline);

// Does what the default action of each signal that has arrived would do: stops this process until SIGCONT, or throws
// Stopped. Throws Abandoned if the watched process has ended.
void obey(const Interrupts& interrupts);

// Polls, obeys, and draws `line` when it is time, if there is one; so it may return before the deadline though nothing
// is ready.
void poll_and_draw(const pollfd& fd, const Interrupts& interrupts, base::Deadline deadline, terminal::WaitLine* line);

// Sleeps, to the microsecond as far as the kernel can. Throws Stopped, Abandoned.
void sleep_until(base::Deadline deadline, const Interrupts& interrupts, terminal::WaitLine* line = nullptr);

}  // namespace run
