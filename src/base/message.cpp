#include "base/message.hpp"

#include "base/printable.hpp"

#include <unistd.h>

#include <string>

namespace base::message {

namespace {

Level g_level = Level::normal;
Terminal g_terminal;

// One write(2): lines of many processes on one terminal or log do not mix. A stderr that cannot be written must not
// stop the job, so the result is not looked at.
void write_line(std::string_view kind, std::string_view text, char end = '\n')
{
    std::string line = "limiters: " + std::string(kind) + printable(text) + end;
    if (g_terminal.before_message != nullptr)
        line.insert(0, g_terminal.before_message());
    [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void set_level(Level level)
{
    g_level = level;
}

bool is_quiet()
{
    return g_level == Level::quiet;
}

bool is_verbose()
{
    return g_level == Level::verbose;
}

void set_terminal(const Terminal& terminal)
{
    g_terminal = terminal;
}

void clear_terminal()
{
    if (g_terminal.clear != nullptr)
        g_terminal.clear();
}

void error(std::string_view text)
{
    write_line("", text);
}

void warning(std::string_view text)
{
    if (!is_quiet())
        write_line("warning: ", text);
}

void notice(std::string_view text)
{
    if (!is_quiet())
        write_line("", text);
}

void detail(std::string_view text)
{
    if (is_verbose())
        write_line("", text);
}

void question(std::string_view text)
{
    write_line("", text, ' ');
}

void Once::warning(std::string_view text)
{
    if (!m_told)
        message::warning(text);
    m_told = true;
}

}  // namespace base::message
