// The live line of a wait, told anew each time it is drawn.
#pragma once

#include "terminal/live_line.hpp"

#include <functional>
#include <string>

namespace terminal {

class WaitLine {
public:
    // What the line says. It is called while this object lives.
    explicit WaitLine(std::function<std::string()> text) : m_text(std::move(text)) {}

    // Whether it will ever be drawn.
    [[nodiscard]] bool may_draw() const { return !m_line.next().is_never(); }

    // draw() is to be called by then.
    [[nodiscard]] base::Deadline next() const { return m_line.next(); }

    // Draws it, if it is time. May be called at any time.
    void draw()
    {
        if (m_line.next().passed())
            m_line.show("limiters: " + m_text());
    }

    [[nodiscard]] bool drawn() const { return m_line.drawn(); }

private:
    std::function<std::string()> m_text;
    LiveLine m_line;
};

}  // namespace terminal
