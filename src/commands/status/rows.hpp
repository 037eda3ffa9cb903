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

// At most so many rows, and one that counts the others and says where they are.
struct Excerpt {
    std::size_t most = k_everybody;
    const char* where = "";
};

// The rows of those who hold, and of those who wait. None for a bucket.
std::vector<terminal::Row> holder_rows(const LimiterReport& report, const Excerpt& excerpt = {});
std::vector<terminal::Row> waiter_rows(const LimiterReport& report, const Excerpt& excerpt = {});

// What has become of all who asked, in one phrase.
std::string counters_text(const LimiterReport& report);

}  // namespace commands
