// Another process, not necessarily a child: its name, and its end, which poll(2) can wait for. pidfd_open(2).
#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

namespace process {

class ProcessWatch {
public:
    // The process of this number; nothing if there is none, or if it has ended and nobody has reaped it yet. Throws
    // Error (os_error).
    static std::optional<ProcessWatch> of(pid_t pid);

    // A descriptor that is readable once the process has ended, in whatever way.
    [[nodiscard]] int fd() const { return m_fd.get(); }
    [[nodiscard]] bool ended() const;

    [[nodiscard]] pid_t pid() const { return m_pid; }

private:
    ProcessWatch(pid_t pid, base::Fd fd) : m_pid(pid), m_fd(std::move(fd)) {}

    pid_t m_pid;
    base::Fd m_fd;
};

// What the kernel calls the process: the base name of its program or script, 15 bytes at most; "?" if it has gone.
std::string process_name(pid_t pid);

}  // namespace process
