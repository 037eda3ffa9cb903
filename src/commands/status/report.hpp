// What status found, and the two ways to print it.
#pragma once

#include "base/error.hpp"
#include "limiter/bucket_status.hpp"
#include "limiter/keys.hpp"
#include "limiter/semaphore_status.hpp"
#include "terminal/columns.hpp"

#include <string>
#include <variant>
#include <vector>

namespace commands {

// A limiter that cannot be looked at, since its key holds something else.
struct Broken {
    base::Error why;
};

struct LimiterReport {
    limiter::LimiterName limiter;
    std::variant<limiter::SemaphoreStatus, limiter::BucketStatus, Broken> status;
};

struct Report {
    std::string server;  // its display form
    std::string key_prefix;
    std::vector<LimiterReport> limiters;  // by name
};

// How much people want to see of each limiter.
struct View {
    bool waiting = false;   // who waits too, and the counters
    bool everybody = true;  // else the first of those who hold, and of those who wait
};

// For people: a line for each limiter, and below it one for each holder and each waiter.
std::string table(const Report& report, const View& view, const terminal::Screen& screen);

// For machines: one line, as tests/status/schema.json and the manual describe it.
std::string json(const Report& report);

// For Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
std::string metrics(const Report& report);

}  // namespace commands
