// Waiting for the server while a signal may end the wait.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "process/process_watch.hpp"
#include "process/signals.hpp"
#include "redis/session.hpp"
#include "run/wait_line.hpp"

#include <poll.h>

#include <functional>
#include <initializer_list>
#include <optional>
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

// What may end a wait: a signal, and the end of another process if there is one to watch.
struct Interrupts {
    Interrupts(const process::Signals& s, const process::ProcessWatch* w = nullptr) : signals(s), watch(w) {}

    const process::Signals& signals;
    const process::ProcessWatch* watch;
};

// poll(2) on these descriptors (-1: none) until one is ready or the deadline has passed.
void poll_until(std::initializer_list<pollfd> fds, base::Deadline deadline);

// The same, and tells in `revents` which are ready.
void poll_until(std::span<pollfd> fds, base::Deadline deadline);

// The same on one descriptor, and on what may interrupt.
void poll_until(const pollfd& fd, const Interrupts& interrupts, base::Deadline deadline);

// Does what the default action of each signal that has arrived would do: stops this process, or throws Stopped.
// Throws Abandoned.
void obey(const Interrupts& interrupts);

// The answer to the session's request. Throws Unavailable when the deadline has passed without one. Draws `line`, if
// there is one.
redis::Reply await(redis::Session& session, const Interrupts& interrupts, base::Deadline deadline,
                   WaitLine* line = nullptr);

// Sends what `make` makes, again and again with short pauses, until it is answered.
// When the deadline has passed, throws the refusal of one of several hosts if there was one; else the last Unavailable,
// but for that of an attempt which had only what was left.
redis::Reply persist(redis::Session& session, const Interrupts& interrupts, const std::function<redis::Request()>& make,
                     base::Deadline deadline);

// The same for the first question of all. `subject` is for messages. Throws Unreachable if there is no answer within
// `timeout`, or no server is named and the local one cannot be started.
redis::Reply reach(redis::Session& session, const Interrupts& interrupts, const std::function<redis::Request()>& make,
                   base::Micros timeout, const std::string& subject);

// For what is given back as this process ends: tries for a second, and a second signal ends that. What cannot be given
// back is lost to others for once.
void try_briefly(redis::Session& session, const process::Signals& signals, const std::function<redis::Request()>& make);

// Sleeps, to the microsecond as far as the kernel can. Throws Stopped, Abandoned.
void sleep_until(base::Deadline deadline, const Interrupts& interrupts, WaitLine* line = nullptr);

// Pauses between attempts: 10 ms, doubled up to half a second, each cut by up to half at random, so that a thousand
// hosts do not come back at one instant.
class Backoff {
public:
    base::Deadline next();
    void reset() { m_pause = k_first; }

private:
    static constexpr base::Micros k_first{10000};
    static constexpr base::Micros k_longest{500000};
    base::Micros m_pause = k_first;
};

}  // namespace run
