// The limiters of a server, and how each of them stands.
#pragma once

#include "base/error.hpp"
#include "commands/ask.hpp"
#include "commands/status/report.hpp"
#include "redis/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commands {

struct Collected {
    std::vector<LimiterReport> limiters;  // by name
    // A master of a cluster that is away hides no more than itself.
    std::vector<base::Error> troubles;
};

// Which limiters are asked for, and how much of them.
struct Wanted {
    std::optional<std::string> pattern;  // of names, for fnmatch(3); nothing: all
    bool active = false;                 // only those that are held, waited for, or not full
    limiter::Part part = limiter::Part::all;
};

// Asks for limiters; all masters of a cluster are asked. Throws what `asker` throws where nothing can be had: see
// commands/ask.
Collected collect(const Asker& asker, redis::Session& session, const std::string& key_prefix, const Wanted& wanted);

}  // namespace commands
