#include "terminal/full_screen.hpp"

#include "base/error.hpp"
#include "base/message.hpp"
#include "terminal/text.hpp"

// Names such as erase and clear would be macros otherwise, in every class that has a function of that name.
#define NCURSES_NOMACROS
#include <curses.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace terminal {

namespace {

constexpr int k_escape_ms = 25;  // how long the rest of an arrow key may take: over ssh it comes in one packet

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

// ncurses asks the C library what a character is. A static program finds the locale of the host it runs on only where
// the C library there is of the same kind, so one that the caller wants and that is not there is replaced by C.UTF-8.
bool take_locale()
{
    const auto is_utf8 = [] { return std::string_view(::nl_langinfo(CODESET)) == "UTF-8"; };
    if (std::setlocale(LC_CTYPE, "") != nullptr)
        return is_utf8();
    return std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr && is_utf8();
}

void leave()
{
    if (!::isendwin())
        ::endwin();
}

std::string_view leave_for_a_message()
{
    leave();
    return {};
}

// What attrset(3NCURSES) takes as an int, and the header makes of unsigned numbers.
int attributes(Style style, bool colors, bool selected)
{
    const auto pair = [colors](short color) { return colors ? static_cast<chtype>(COLOR_PAIR(color)) : A_NORMAL; };
    chtype attributes = A_NORMAL;
    switch (style) {
    case Style::plain: break;
    case Style::bold: attributes = A_BOLD; break;
    case Style::faint: attributes = A_DIM; break;
    case Style::red: attributes = pair(COLOR_RED); break;
    case Style::green: attributes = pair(COLOR_GREEN); break;
    case Style::yellow: attributes = pair(COLOR_YELLOW); break;
    }
    return static_cast<int>(attributes | (selected ? A_REVERSE : A_NORMAL));
}

std::string ascii(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            out += c;
        else if (byte >= 0xC0)
            out += '?';  // the first byte of a character stands for all of it
    }
    return out;
}

// A resize is noticed when the next picture begins, not by SIGWINCH, because a window may also change while this
// process is stopped.
void fit_to_window()
{
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
        ::is_term_resized(size.ws_row, size.ws_col))
        ::resizeterm(size.ws_row, size.ws_col);
}

}  // namespace

std::string_view library_of_screens()
{
    return ::curses_version();
}

bool FullScreen::is_possible()
{
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
}

FullScreen::FullScreen() : m_unicode(take_locale())
{
    if (::newterm(nullptr, stdout, stdin) == nullptr)
        throw base::Error(base::ExitCode::os_error,
                          "nothing is known here about a terminal of the type TERM='{}': try TERM=xterm, or install "
                          "ncurses-base or ncurses-term",
                          variable("TERM"));
    if (::tigetstr("cup") == nullptr) {
        leave();
        throw base::Error(base::ExitCode::os_error,
                          "nothing can be put in its place on a terminal of the type TERM='{}': try TERM=xterm",
                          variable("TERM"));
    }
    base::message::set_terminal({leave, leave_for_a_message});
    ::cbreak();
    ::noecho();
    ::nodelay(stdscr, TRUE);
    ::keypad(stdscr, TRUE);
    ::set_escdelay(k_escape_ms);
    ::curs_set(0);
    if (variable("NO_COLOR").empty() && ::has_colors()) {
        ::start_color();
        ::use_default_colors();
        for (const short color : {short{COLOR_RED}, short{COLOR_GREEN}, short{COLOR_YELLOW}})
            ::init_pair(color, color, -1);
        m_colors = true;
    }
}

FullScreen::~FullScreen()
{
    leave();
    base::message::set_terminal({});
}

FullScreen::Size FullScreen::begin()
{
    fit_to_window();
    ::erase();
    return {static_cast<std::size_t>(LINES), static_cast<std::size_t>(COLS)};
}

void FullScreen::put(std::size_t row, std::size_t column, std::string_view text, Style style, bool selected)
{
    if (column >= static_cast<std::size_t>(COLS))
        return;
    const std::string inside = cut(text, static_cast<std::size_t>(COLS) - column);  // ncurses would go on a line below
    const std::string shown = m_unicode ? inside : ascii(inside);
    ::attrset(attributes(style, m_colors, selected));
    ::mvaddnstr(static_cast<int>(row), static_cast<int>(column), shown.c_str(), static_cast<int>(shown.size()));
}

void FullScreen::show()
{
    ::refresh();
}

std::optional<int> FullScreen::key()
{
    const int pressed = ::getch();
    switch (pressed) {
    case ERR: return std::nullopt;
    case KEY_UP: return key::up;
    case KEY_DOWN: return key::down;
    case KEY_PPAGE: return key::page_up;
    case KEY_NPAGE: return key::page_down;
    case KEY_ENTER:
    case '\r': return key::enter;
    case KEY_BACKSPACE:
    case '\b': return key::erase;
    default: return pressed;
    }
}

}  // namespace terminal
