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

// What flags, variables and files say, in this order. It sets the level of messages too, because warnings about the
// settings themselves must obey it. Throws Error (usage, config).
Settings settings_from(const options::SettingSources& sources);

}  // namespace commands
