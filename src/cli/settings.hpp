// The settings, key by key: from the flag, else the environment, else the user's file, else the system's.
#pragma once

#include "base/clock.hpp"
#include "cli/config_file.hpp"
#include "cli/options.hpp"
#include "cli/values.hpp"
#include "redis/url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct FoundSetting {
    Source source;
    std::string text;
    bool open_to_others = false;  // it stands in a file that anyone on this host can read
};

class SettingSources {
public:
    // Reads the files. Throws Error (config).
    explicit SettingSources(GlobalOptions options);

    // `flag`: what the command line says, for a policy; a global setting knows its own.
    [[nodiscard]] std::optional<FoundSetting> find(std::string_view setting, const Text& flag = {}) const;

    // A setting of two words: true for the second one, false for the first or if it is not set.
    [[nodiscard]] bool second_of(std::string_view setting, std::string_view first, std::string_view second,
                                 const Text& flag = {}) const;

private:
    GlobalOptions m_options;
    std::vector<ConfigFile> m_files;
};

struct Settings {
    std::optional<redis::Server> server;  // nothing: the local server
    std::string key_prefix = "limiters";
    base::Micros redis_timeout{5000000};
};

// The values of the global settings. Sets the level of messages too. Throws Error (usage, config).
Settings settle(const SettingSources& sources);

}  // namespace cli
