// What limiters status and limiters top say in one row of a limiter, and of each who holds it.
#pragma once

#include "commands/status/report.hpp"
#include "terminal/columns.hpp"

#include <vector>

namespace commands {

// All rows of limiters stand under one another, and so do all rows of holders.
terminal::Row limiter_row(const LimiterReport& report);

// The rows of those who hold; none for a bucket.
std::vector<terminal::Row> holder_rows(const LimiterReport& report);

}  // namespace commands
