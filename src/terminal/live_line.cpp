#include "terminal/live_line.hpp"

#include "base/message.hpp"
#include "base/printable.hpp"
#include "terminal/text.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace terminal {

namespace {

constexpr base::Micros k_patience{1000000};
constexpr base::Micros k_redraw{250000};

constexpr const char* k_stderr = "/proc/self/fd/2";

LiveLine* g_drawn = nullptr;

void clear_drawn()
{
    if (g_drawn != nullptr)
        g_drawn->clear();
}

bool may_draw()
{
    const char* term = std::getenv("TERM");
    return ::isatty(STDERR_FILENO) != 0 && !base::message::is_quiet() && term != nullptr && *term != '\0' &&
           std::string_view(term) != "dumb";
}

std::size_t width_of(int terminal)
{
    winsize size{};
    return ::ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

LiveLine::LiveLine() : m_next(may_draw() ? base::Deadline::after(k_patience) : base::Deadline::never()) {}

void LiveLine::show(std::string_view text)
{
    if (!m_next.passed())
        return;
    m_next = base::Deadline::after(k_redraw);
    if (::tcgetpgrp(STDERR_FILENO) != ::getpgrp() || !open())
        return;
    g_drawn = this;
    base::message::set_clear_terminal(clear_drawn);
    // The last column stays free: a line that wraps cannot be cleared.
    write("\r" + cut(base::printable(text), width_of(m_terminal.get()) - 1) + "\x1b[K");
}

// Opens the terminal; false if another process draws, or if it is not ours to open (after su).
bool LiveLine::open()
{
    if (m_terminal)
        return true;
    m_terminal.reset(::open(k_stderr, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (m_terminal && ::flock(m_terminal.get(), LOCK_EX | LOCK_NB) != 0)
        m_terminal.reset();
    return static_cast<bool>(m_terminal);
}

void LiveLine::clear()
{
    if (!m_terminal)
        return;
    write("\r\x1b[K");
    m_terminal.reset();
    g_drawn = nullptr;
}

// A terminal that was stopped (Ctrl-S) must not hold up the work: what it does not take is lost.
void LiveLine::write(std::string_view bytes)
{
    [[maybe_unused]] const auto ignored = ::write(m_terminal.get(), bytes.data(), bytes.size());
}

}  // namespace terminal
