// CMD as a child process: started, signalled, waited for.
#pragma once

#include "base/fd.hpp"
#include "process/command.hpp"
#include "process/signals.hpp"
#include "process/wait_status.hpp"

#include <sys/types.h>

#include <optional>

namespace process {

// The child stays in the process group and on the terminal of this process, has the signals as inherited, and dies
// with this process (PR_SET_PDEATHSIG). The object does not end the child when it goes.
class Child {
public:
    // A new process and exec. A failed exec is seen as the end of the child: require_started() tells it.
    static Child start(const Command& command, const Signals& signals);

    [[nodiscard]] pid_t pid() const { return m_pid; }

    // What waitpid(2) has to tell now: CMD was stopped, or has ended; then it is reaped. Adopted orphans of CMD are
    // reaped on the way. Never blocks.
    [[nodiscard]] std::optional<WaitStatus> poll();

    // To be called after the end of the child: throws Error 126 or 127 if exec failed, so that CMD never ran.
    void require_started(const std::string& word) const;

    // Sends a signal to the child; no effect once it has been reaped.
    void send(int signal) const;

    // False once CMD has moved to a group of its own (timeout, setsid): the terminal's signals do not reach it there.
    [[nodiscard]] bool in_our_group() const;

private:
    Child(pid_t pid, base::Fd error_pipe) : m_pid(pid), m_error_pipe(std::move(error_pipe)) {}

    pid_t m_pid;
    bool m_reaped = false;
    base::Fd m_error_pipe;
};

}  // namespace process
