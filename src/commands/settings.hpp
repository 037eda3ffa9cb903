// The values of the global settings.
#pragma once

#include "base/clock.hpp"
#include "options/global_flags.hpp"
#include "options/setting_sources.hpp"
#include "redis/url.hpp"

#include <optional>
#include <string>

namespace commands {

struct Settings {
    std::optional<redis::Server> server;  // nothing: the local server
    std::string key_prefix{options::k_key_prefix.by_default};
    base::Micros redis_timeout{0};
};

// Sets the level of messages too. Throws Error (usage, config).
Settings settle(const options::SettingSources& sources);

}  // namespace commands
