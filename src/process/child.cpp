#include "process/child.hpp"

#include "base/error.hpp"
#include "process/raw_call.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace process {

namespace {

// All that the child needs until it is CMD. It shares the memory of this process until then, so none of this goes.
struct Launch {
    Launch(const Command& to_run, const Signals& signals, int to_tell_of_errors)
        : command(to_run), image(command), places(candidates(command.argv[0])), mask(signals.inherited_mask()),
          chld_ignored(signals.chld_was_ignored()), parent(::getpid()), error_pipe(to_tell_of_errors)
    {
        by_shell = {shell.data(), nullptr};
        for (char* const* word = image.argv() + 1; *word != nullptr; ++word)
            by_shell.push_back(*word);
        by_shell.push_back(nullptr);
    }

    const Command command;
    const ExecImage image;
    const std::vector<std::string> places;
    std::string shell = "/bin/sh";
    std::vector<char*> by_shell;  // the words for a file without "#!"; the second one is its path
    const sigset_t mask;
    const bool chld_ignored;
    const pid_t parent;
    const int error_pipe;
};

// As execvp(3) does it: what is not there, or cannot be reached, is looked for in the next place.
long try_places(Launch& launch)
{
    long error = -ENOENT;
    for (const std::string& place : launch.places) {
        const char* const path = place.c_str();
        long now = raw_call(SYS_execve, path, launch.image.argv(), launch.image.environment());
        if (now == -ENOEXEC) {
            launch.by_shell[1] = const_cast<char*>(path);
            now = raw_call(SYS_execve, launch.shell.c_str(), launch.by_shell.data(), launch.image.environment());
        }
        if (now == -EACCES)
            error = now;
        else if (now != -ENOENT && now != -ENOTDIR && now != -ESTALE && now != -ENODEV && now != -ETIMEDOUT)
            return now;
    }
    return error;
}

// In the child. It runs beside its parent in the same memory, with a stack of its own, so it calls nothing that writes:
// no libc, no allocation.
int become_command(void* of)
{
    Launch& launch = *static_cast<Launch*>(of);
    raw_call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
    if (raw_call(SYS_getppid) != launch.parent)
        raw_call(SYS_exit_group, 128 + SIGKILL);  // it died before prctl: nobody would ever send the signal
    // The kernel's form of sigaction(2): a disposition, and no flags, restorer and mask.
    const std::array<unsigned long, 4> chld{launch.chld_ignored ? 1UL : 0UL, 0, 0, 0};  // SIG_IGN, SIG_DFL
    raw_call(SYS_rt_sigaction, SIGCHLD, chld.data(), nullptr, sizeof(unsigned long));
    raw_call(SYS_rt_sigprocmask, SIG_SETMASK, &launch.mask, nullptr, sizeof(unsigned long));
    const int error = static_cast<int>(-try_places(launch));
    raw_call(SYS_write, launch.error_pipe, &error, sizeof error);
    raw_call(SYS_exit_group, 127);
    return 0;
}

// To copy the tables of memory for a child that is about to leave it takes a tenth of a whole run, and each page that
// either writes meanwhile a copy more. (vfork(2) would hold up this process if Ctrl-Z stops the child before exec.)
pid_t start_child(Launch& launch)
{
#if !defined __SANITIZE_ADDRESS__
    alignas(16) static std::array<char, 16384> stack;
    if constexpr (k_has_raw_calls)
        if (const pid_t pid = ::clone(become_command, stack.data() + stack.size(), CLONE_VM | SIGCHLD, &launch);
            pid > 0)
            return pid;
#endif
    const pid_t pid = ::fork();
    if (pid == 0)
        ::_exit(become_command(&launch));
    return pid;
}

}  // namespace

Child Child::start(const Command& command, const Signals& signals)
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        throw base::os_error("pipe2");
    base::Fd read_end(ends[0]);
    const base::Fd write_end(ends[1]);
    // Never freed, whatever becomes of this process before the child is CMD; used, or what looks for leaks sees one.
    [[gnu::used]] static Launch* launch = nullptr;
    launch = new Launch(command, signals, write_end.get());
    const pid_t pid = start_child(*launch);
    if (pid < 0)
        throw base::os_error("fork");
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
