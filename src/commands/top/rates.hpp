// How much each limiter granted in the last minute, as one look at its counters differs from the next.
#pragma once

#include "base/clock.hpp"
#include "commands/status/report.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace commands {

class Rates {
public:
    // Adds a look at all limiters. What is older than a minute is forgotten, and so are limiters that went away then.
    void add(const std::vector<LimiterReport>& limiters, base::Micros now);

    // What the limiter granted in the last minute, as far as somebody looked.
    [[nodiscard]] std::int64_t last_minute(const limiter::LimiterName& limiter) const;

    // A mark for every three seconds of that minute, the newest last, each as high as its share of the highest, a
    // blank where nothing was granted; and nothing where nothing was granted at all.
    [[nodiscard]] std::string sparkline(const limiter::LimiterName& limiter, bool unicode) const;

private:
    struct History {
        std::int64_t granted = 0;                    // the counter, when it was looked at last
        std::map<std::int64_t, std::int64_t> spans;  // granted in each span of three seconds
    };

    std::map<limiter::LimiterName, History> m_histories;
    std::int64_t m_span = 0;  // the one that it is now
    bool m_has_looked = false;
};

}  // namespace commands
