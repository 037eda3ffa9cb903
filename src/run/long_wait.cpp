#include "run/long_wait.hpp"

#include "base/duration.hpp"
#include "base/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace run {

namespace {

using base::Deadline;
using base::Micros;

// The log of a job that waits for hours stays short: two lines in the first minute, six an hour later on.
constexpr std::array<std::chrono::seconds, 4> k_first{std::chrono::seconds(10), std::chrono::seconds(30),
                                                      std::chrono::minutes(2), std::chrono::minutes(10)};
constexpr Micros k_then = std::chrono::minutes(10);

}  // namespace

LongWait::LongWait(bool wanted)
    : m_began(base::now_on(CLOCK_MONOTONIC)), m_next(wanted ? Deadline::after(k_first[0]) : Deadline::never())
{
}

void LongWait::tell(std::string_view what, std::string_view how)
{
    const Micros waited = base::now_on(CLOCK_MONOTONIC) - m_began;
    base::message::notice(fmt::format("{}: waiting for {}, {}", what, base::rough(waited), how));
    // A line that came too late, because this process was stopped, stands for all that were due meanwhile.
    while (due_after(m_told) <= waited)
        ++m_told;
    m_next = Deadline::after(due_after(m_told) - waited);
}

Micros LongWait::due_after(std::int64_t line)
{
    constexpr std::int64_t last = k_first.size() - 1;
    return k_first[static_cast<std::size_t>(std::min(line, last))] + k_then * std::max<std::int64_t>(line - last, 0);
}

}  // namespace run
