#include "terminal/live_line.hpp"

#include "base/message.hpp"
#include "base/printable.hpp"
#include "terminal/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

namespace terminal {

namespace {

constexpr base::Micros k_patience{1000000};
constexpr base::Micros k_redraw{250000};

// A terminal by its own name may belong to another user (after su); /dev/tty never does.
constexpr std::array<const char*, 2> k_terminals{"/dev/tty", "/proc/self/fd/2"};

constexpr const char* k_clear = "\r\x1b[K";

LiveLine* g_drawn = nullptr;

void clear_drawn()
{
    if (g_drawn != nullptr)
        g_drawn->clear();
}

// On a terminal of another session, whose foreground group cannot be told, nothing is drawn.
bool may_draw()
{
    const char* term = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) != 0 && ::tcgetpgrp(STDERR_FILENO) >= 0 && !base::message::is_quiet() &&
           term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

// An open file of its own of the terminal that stderr is: not blocking, and none but it has its locks.
base::Fd open_terminal()
{
    for (const char* name : k_terminals)
        if (base::Fd terminal(::open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
            terminal && ::isatty(terminal.get()) != 0)
            return terminal;
    return base::Fd();
}

// The process that draws on a terminal has this lock: on one byte of /dev/tty, by the number of the terminal, because
// that is one file for all terminals.
struct flock drawing_lock()
{
    struct stat status {};
    ::fstat(STDERR_FILENO, &status);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = static_cast<off_t>(status.st_rdev);
    lock.l_len = 1;
    return lock;
}

// Whether the line in which the cursor stands may be that of another process.
bool another_draws()
{
    if (::isatty(STDERR_FILENO) == 0 || ::tcgetpgrp(STDERR_FILENO) < 0)
        return false;
    const base::Fd terminal = open_terminal();
    struct flock lock = drawing_lock();
    return terminal && ::fcntl(terminal.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

std::string_view before_a_message()
{
    clear_drawn();
    return another_draws() ? k_clear : "";
}

std::size_t width_of(int terminal)
{
    winsize size{};
    return ::ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

void share_the_terminal()
{
    base::message::set_terminal({clear_drawn, before_a_message});
}

LiveLine::LiveLine() : m_next(may_draw() ? base::Deadline::after(k_patience) : base::Deadline::never()) {}

void LiveLine::show(std::string_view text)
{
    if (!m_next.passed())
        return;
    m_next = base::Deadline::after(k_redraw);
    if (::tcgetpgrp(STDERR_FILENO) != ::getpgrp() || !open())
        return;
    g_drawn = this;
    // The last column stays free: a line that wraps cannot be cleared.
    write("\r" + cut(base::printable(text), width_of(m_terminal.get()) - 1) + "\x1b[K");
}

// Opens the terminal; false if another process draws. Where the terminal cannot be opened, stderr itself will do: its
// locks would be those of all who have inherited it, so there nobody knows of the others.
bool LiveLine::open()
{
    if (m_terminal)
        return true;
    m_terminal = open_terminal();
    struct flock lock = drawing_lock();
    if (!m_terminal)
        m_terminal.reset(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    else if (::fcntl(m_terminal.get(), F_OFD_SETLK, &lock) != 0)
        m_terminal.reset();
    return static_cast<bool>(m_terminal);
}

void LiveLine::clear()
{
    if (!m_terminal)
        return;
    write(k_clear);
    m_terminal.reset();
    g_drawn = nullptr;
}

// A terminal that was stopped (Ctrl-S) must not hold up the work: what it does not take is lost.
void LiveLine::write(std::string_view bytes)
{
    pollfd room{m_terminal.get(), POLLOUT, 0};
    if (::poll(&room, 1, 0) != 1)
        return;
    [[maybe_unused]] const auto ignored = ::write(m_terminal.get(), bytes.data(), bytes.size());
}

}  // namespace terminal
