// A long wait is told where no live line can be drawn, such as in the log of a CI job: seldom, and ever more so.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <string_view>

namespace run {

class LongWait {
public:
    // The wait begins now. Nothing is told unless it is wanted.
    explicit LongWait(bool wanted);

    // When the next line is due; never, where none will be told.
    [[nodiscard]] base::Deadline next() const { return m_next; }
    [[nodiscard]] bool due() const { return m_next.passed(); }

    // One line: "WHAT: waiting for 2m00s, HOW". The next is due later.
    void tell(std::string_view what, std::string_view how);

    // How long after the begin of the wait a line is due, the first one by 0.
    static base::Micros due_after(std::int64_t line);

private:
    base::Micros m_began;
    std::int64_t m_told = 0;
    base::Deadline m_next;
};

}  // namespace run
