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
    // A key of another type, or a master of a cluster that is away, hides no more than itself.
    std::vector<base::Error> troubles;
};

// Asks for every limiter whose name matches `pattern` (fnmatch(3)); all masters of a cluster are asked. Throws what
// `asker` throws where nothing can be had: see commands/ask.
Collected collect(const Asker& asker, redis::Session& session, const std::string& key_prefix,
                  const std::optional<std::string>& pattern);

}  // namespace commands
