// Everything limiters says goes through here: one line a message, to stderr, with the prefix "limiters: ".
// Control characters in it (from a name, or from a server's answer) are printed as '?'.
#pragma once

#include <string_view>

namespace base::message {

enum class Level {
    quiet,    // errors only
    normal,   // notices and warnings too
    verbose,  // what was done, for -v
};

void set_level(Level level);
[[nodiscard]] bool is_quiet();
[[nodiscard]] bool is_verbose();

// What is done about a line that is drawn on the terminal by terminal/live_line, which stands above this layer: it is
// cleared before a message, and by whoever stops this process or makes it another one.
struct Terminal {
    void (*clear)() = nullptr;                       // the line of this process
    std::string_view (*before_message)() = nullptr;  // that too; returns what clears the line of another process
};
void set_terminal(const Terminal& terminal);
void clear_terminal();

void error(std::string_view text);
void warning(std::string_view text);
void notice(std::string_view text);
void detail(std::string_view text);

// A question to the user, whatever the level; the cursor stays behind it.
void question(std::string_view text);

// A warning that is worth one line, however often its reason comes up.
class Once {
public:
    void warning(std::string_view text);

    // The reason has gone: the next time it is another one.
    void over() { m_told = false; }

private:
    bool m_told = false;
};

}  // namespace base::message
