// What status found, and the two ways to print it.
#pragma once

#include "limiter/bucket_status.hpp"
#include "limiter/keys.hpp"
#include "limiter/semaphore_status.hpp"
#include "terminal/columns.hpp"

#include <string>
#include <variant>
#include <vector>

namespace commands {

struct LimiterReport {
    limiter::LimiterName limiter;
    std::variant<limiter::SemaphoreStatus, limiter::BucketStatus> status;
};

struct Report {
    std::string server;  // its display form
    std::string key_prefix;
    std::vector<LimiterReport> limiters;  // by name
};

// For people: a line for each limiter, and below it one for each holder.
std::string table(const Report& report, const terminal::Screen& screen);

// For machines: one line, as tests/status/schema.json and the manual describe it.
std::string json(const Report& report);

}  // namespace commands
