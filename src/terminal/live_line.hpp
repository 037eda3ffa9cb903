// One live line on the user's terminal that tells how a wait goes, rewritten in place and gone without a trace.
//
// Drawn only where stderr is a terminal that knows escape sequences, this process is in its foreground group, no other
// process of ours draws there, and neither -q nor cron wants silence. A message clears it first, and
// so does the end of this process: see base/message.
#pragma once

#include "base/clock.hpp"
#include "base/fd.hpp"

#include <string_view>

namespace terminal {

// Called once, by main: from then on messages clear the line that this process draws, and one that another of ours
// draws on the same terminal, which comes back there by itself.
void share_the_terminal();

class LiveLine {
public:
    // Nothing is drawn for the first second: a short wait does not flicker.
    LiveLine();
    LiveLine(const LiveLine&) = delete;
    LiveLine& operator=(const LiveLine&) = delete;
    ~LiveLine() { clear(); }

    // The next show() after this draws, so the caller wakes up then: never, where nothing will be drawn.
    [[nodiscard]] base::Deadline next() const { return m_next; }

    // Draws this text in place of what is there, if it is time; cut to the terminal's width, control bytes as '?'.
    void show(std::string_view text);

    [[nodiscard]] bool drawn() const { return static_cast<bool>(m_terminal); }

    // The terminal is as it was; another process may draw. show() may draw again.
    void clear();

private:
    bool open();
    void write(std::string_view bytes);

    base::Deadline m_next;
    base::Fd m_terminal;  // its own open file: not blocking, and its locks are its own
};

}  // namespace terminal
