// What limiters status and limiters top say in one row of a limiter, and of each who holds it.
#pragma once

#include "commands/status/report.hpp"
#include "terminal/columns.hpp"

#include <limits>
#include <string>
#include <vector>

namespace commands {

// All rows of limiters stand under one another, and so do all rows of holders.
terminal::Row limiter_row(const LimiterReport& report);

inline constexpr std::size_t k_everybody = std::numeric_limits<std::size_t>::max();

// The rows of those who hold, and of those who wait, at most so many and one that counts the others. None for a bucket.
std::vector<terminal::Row> holder_rows(const LimiterReport& report, std::size_t most = k_everybody);
std::vector<terminal::Row> waiter_rows(const LimiterReport& report, std::size_t most = k_everybody);

// What has become of all who asked, in one phrase.
std::string counters_text(const LimiterReport& report);

}  // namespace commands
