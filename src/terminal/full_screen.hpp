// A terminal that one program draws on as a whole. Drawn by ncurses(3), which this file's implementation alone knows.
#pragma once

#include "terminal/style.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace terminal {

// What key() returns besides characters.
namespace key {
enum : int {
    enter = '\n',
    escape = 27,
    erase = 127,
    up = 0x110000,  // above all characters
    down,
    page_up,
    page_down,
};
}  // namespace key

// One object a process. The terminal is given back, as it was, by the destructor, by each message and before this
// process stops or ends by a signal (base/message, clear_terminal); the next show() takes it again.
class FullScreen {
public:
    // Whether stdin and stdout are a terminal.
    static bool is_possible();

    // Takes that terminal. Throws Error (os_error) if nothing is known about a terminal of its type (TERM),
    // or it has no place for the cursor to go to.
    FullScreen();
    FullScreen(const FullScreen&) = delete;
    FullScreen& operator=(const FullScreen&) = delete;
    ~FullScreen();

    struct Size {
        std::size_t rows;
        std::size_t columns;
    };

    // Begins the next picture, which is empty, and says how large it is.
    Size begin();

    // Puts text (terminal/text, visible) there, cut to what is inside. `selected`: in reverse.
    void put(std::size_t row, std::size_t column, std::string_view text, Style style = Style::plain,
             bool selected = false);

    // Shows the picture. Only what differs from the one before is sent, so that nothing flickers.
    void show();

    // The next key that was pressed; nothing if there is none. Never blocks.
    std::optional<int> key();

    // Whether more than ASCII can be drawn: by the caller's locale (LC_ALL, LC_CTYPE, LANG).
    [[nodiscard]] bool unicode() const { return m_unicode; }

private:
    bool m_unicode;
    bool m_colors = false;
};

// The version of the library that draws: ncurses 6.4.
std::string_view library_of_screens();

}  // namespace terminal
