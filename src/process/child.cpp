#include "process/child.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace process {

namespace {

// Between fork and exec: async-signal-safe calls only, and no return, which would run the parent's destructors.
[[noreturn]] void become_command(const ExecImage& image, const Signals& signals, pid_t parent, int error_pipe)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
        ::_exit(128 + SIGKILL);  // the parent died before prctl: nobody would ever send the signal
    signals.restore();
    const int error = image.exec();
    [[maybe_unused]] const auto ignored = ::write(error_pipe, &error, sizeof error);
    ::_exit(127);
}

}  // namespace

Child Child::start(const Command& command, const Signals& signals)
{
    const ExecImage image(command);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        throw base::os_error("pipe2");
    base::Fd read_end(ends[0]);
    const base::Fd write_end(ends[1]);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0)
        throw base::os_error("fork");
    if (pid == 0)
        become_command(image, signals, parent, write_end.get());
    return Child(pid, std::move(read_end));
}

std::optional<WaitStatus> Child::poll()
{
    int raw = 0;
    pid_t pid = 0;
    // Others are orphans of CMD that this process has adopted, as a subreaper or as PID 1.
    while (!m_reaped && (pid = ::waitpid(-1, &raw, WNOHANG | WUNTRACED)) > 0) {
        if (pid != m_pid)
            continue;
        const WaitStatus status(raw);
        m_reaped = !status.stopped();
        return status;
    }
    return std::nullopt;
}

void Child::require_started(const std::string& word) const
{
    int error = 0;
    if (::read(m_error_pipe.get(), &error, sizeof error) == sizeof error)
        throw_exec_error(word, error);
}

void Child::send(int signal) const
{
    if (!m_reaped)
        ::kill(m_pid, signal);
}

bool Child::in_our_group() const
{
    return ::getpgid(m_pid) == ::getpgrp();
}

}  // namespace process
