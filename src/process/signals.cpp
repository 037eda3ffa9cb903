#include "process/signals.hpp"

#include "base/error.hpp"
#include "base/message.hpp"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace process {

namespace {

void set_default(int signal)
{
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    ::sigaction(signal, &by_default, nullptr);
}

}  // namespace

Signals::Signals()
{
    sigset_t handled;
    sigfillset(&handled);
    for (int signal = 1; signal <= SIGRTMAX; ++signal) {
        struct sigaction inherited {};
        if (::sigaction(signal, nullptr, &inherited) != 0)
            continue;  // glibc keeps two signals for itself
        if (signal == SIGCHLD)
            m_inherited_chld = inherited;
        else if (inherited.sa_handler == SIG_IGN)
            sigdelset(&handled, signal);
    }
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    if (::sigaction(SIGCHLD, &by_default, nullptr) != 0)
        throw base::os_error("sigaction");
    if (::sigprocmask(SIG_BLOCK, &handled, &m_inherited_mask) != 0)
        throw base::os_error("sigprocmask");
    m_fd.reset(::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!m_fd)
        throw base::os_error("signalfd");
}

std::optional<Signal> Signals::next() const
{
    signalfd_siginfo info{};
    if (::read(m_fd.get(), &info, sizeof info) != sizeof info)
        return std::nullopt;
    return Signal{static_cast<int>(info.ssi_signo), static_cast<pid_t>(info.ssi_pid), info.ssi_code == SI_KERNEL,
                  info.ssi_code <= 0};
}

void Signals::restore() const
{
    ::sigaction(SIGCHLD, &m_inherited_chld, nullptr);
    ::sigprocmask(SIG_SETMASK, &m_inherited_mask, nullptr);
}

bool leads_session()
{
    return ::getsid(0) == ::getpid();
}

bool is_ignored(int signal)
{
    struct sigaction now {};
    return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

void default_dispositions()
{
    for (int signal = 1; signal <= SIGRTMAX; ++signal)
        set_default(signal);
}

DefaultAction default_action(int signal)
{
    switch (signal) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH: return DefaultAction::ignore;
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU: return DefaultAction::stop;
    default: return DefaultAction::terminate;
    }
}

bool stop_by(int signal)
{
    base::message::clear_terminal();
    if (!is_ignored(signal))
        set_default(signal);  // a library that draws on the terminal (ncurses) has handlers of its own
    sigset_t go_on;
    sigset_t before;
    sigset_t stop;
    sigset_t pending;
    sigemptyset(&go_on);
    sigaddset(&go_on, SIGCONT);
    sigemptyset(&stop);
    sigaddset(&stop, signal);
    ::sigprocmask(SIG_BLOCK, &go_on, &before);
    ::raise(signal);  // forgets a SIGCONT from before: one that is pending below has ended the stop
    ::sigprocmask(SIG_UNBLOCK, &stop, nullptr);
    ::sigpending(&pending);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    return sigismember(&pending, SIGCONT) == 1;
}

void die_of(int signal)
{
    base::message::clear_terminal();
    ::prctl(PR_SET_DUMPABLE, 0);
    set_default(signal);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal);
    ::raise(signal);
    ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
    ::_exit(128 + signal);
}

}  // namespace process
