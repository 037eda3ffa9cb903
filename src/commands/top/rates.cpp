#include "commands/top/rates.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace commands {

namespace {

constexpr std::int64_t k_spans = 20;
constexpr base::Micros k_span{3000000};

constexpr std::array<std::string_view, 8> k_blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
// What stands for them where only ASCII can be drawn.
constexpr std::array<std::string_view, 8> k_letters{".", ".", ":", ":", "-", "=", "+", "#"};

std::int64_t granted(const LimiterReport& report)
{
    if (const auto* semaphore = std::get_if<limiter::SemaphoreStatus>(&report.status))
        return semaphore->counters.granted;
    const auto* bucket = std::get_if<limiter::BucketStatus>(&report.status);
    return bucket != nullptr ? bucket->granted : 0;
}

}  // namespace

void Rates::add(const std::vector<LimiterReport>& limiters, base::Micros now)
{
    m_span = now / k_span;
    const bool is_first = !std::exchange(m_has_looked, true);
    for (const LimiterReport& report : limiters) {
        const std::int64_t count = granted(report);
        // What a limiter granted before the first look of all was not in this minute, as far as anybody knows; one that
        // was not there then has granted all of it since.
        History& history = m_histories.try_emplace(report.limiter, History{is_first ? count : 0, {}}).first->second;
        // A counter that went back began anew, on a server that lost its data.
        history.spans[m_span] += count >= history.granted ? count - history.granted : count;
        history.granted = count;
    }
    for (auto& [limiter, history] : m_histories)
        history.spans.erase(history.spans.begin(), history.spans.upper_bound(m_span - k_spans));
    std::erase_if(m_histories, [](const auto& known) { return known.second.spans.empty(); });
}

std::int64_t Rates::last_minute(const limiter::LimiterName& limiter) const
{
    std::int64_t sum = 0;
    if (const auto known = m_histories.find(limiter); known != m_histories.end())
        for (const auto& [span, count] : known->second.spans)
            sum += count;
    return sum;
}

std::string Rates::sparkline(const limiter::LimiterName& limiter, bool unicode) const
{
    if (last_minute(limiter) == 0)
        return {};
    const auto& spans = m_histories.at(limiter).spans;
    std::int64_t highest = 1;
    for (const auto& [span, count] : spans)
        highest = std::max(highest, count);
    const auto& marks = unicode ? k_blocks : k_letters;
    std::string line;
    for (std::int64_t span = m_span - k_spans + 1; span <= m_span; ++span) {
        const auto found = spans.find(span);
        const std::int64_t count = found != spans.end() ? found->second : 0;
        const auto last = static_cast<std::int64_t>(marks.size()) - 1;
        line += count == 0 ? " " : marks[static_cast<std::size_t>(count * last / highest)];
    }
    return line;
}

}  // namespace commands
