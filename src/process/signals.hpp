// The signals of this process, blocked and read from a descriptor: they are handled where the code says so, never in
// a handler. signalfd(2), signal(7).
#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <csignal>
#include <optional>

namespace process {

struct Signal {
    int number;
    pid_t sender;       // 0 if the kernel sent it
    bool from_kernel;   // si_code SI_KERNEL: the terminal driver sends INT, QUIT, TSTP, TTIN, TTOU, WINCH and HUP so
    bool from_process;  // kill(2) and the like; SIGCHLD is neither when it tells of a child
};

// Blocks every signal that can be caught, but for those inherited as ignored (nohup, `cmd &` of sh): blocking would
// deliver them. SIGCHLD goes to its default, so that a child can be waited for. One object a process, made before the
// first thing that a signal must not cut short.
class Signals {
public:
    Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    // A descriptor that is readable when a signal is there.
    [[nodiscard]] int fd() const { return m_fd.get(); }

    // The next signal that has arrived; nothing if there is none. Never blocks.
    [[nodiscard]] std::optional<Signal> next() const;

    // Sets mask and SIGCHLD back to what this process inherited: right before exec.
    void restore() const;

    // What a child sets back by itself.
    [[nodiscard]] const sigset_t& inherited_mask() const { return m_inherited_mask; }
    [[nodiscard]] bool chld_was_ignored() const { return m_inherited_chld.sa_handler == SIG_IGN; }

private:
    sigset_t m_inherited_mask{};
    struct sigaction m_inherited_chld {};
    base::Fd m_fd;
};

// Whether this process leads its session: the terminal's hang-up is then for this process alone, not for its group,
// tty_ioctl(2), setsid(2).
bool leads_session();

bool is_ignored(int signal);

// Sets every signal to its default action, those inherited as ignored too: for a process that outlives who started it.
void default_dispositions();

// What the default action of signal(7) does with this signal.
enum class DefaultAction { ignore, stop, terminate };
DefaultAction default_action(int signal);

// Stops this process until SIGCONT by this signal, so that the caller's shell sees which. False if it went on at once:
// the signal was inherited as ignored, or no shell could wake this process any more, and the kernel stops nobody for a
// terminal in such an orphaned group, setpgid(2).
bool stop_by(int signal);

// Ends this process by this signal, so that the caller's shell sees it; with the shell's code 128+N where the signal
// cannot kill (PID 1). No core file: the one that counts is CMD's.
[[noreturn]] void die_of(int signal);

}  // namespace process
