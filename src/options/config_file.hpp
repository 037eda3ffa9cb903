// The configuration files: flat TOML, one key a setting (options/flags.hpp).
#pragma once

#include "options/options.hpp"

#include <map>
#include <string>
#include <vector>

namespace options {

struct ConfigValue {
    std::string text;
    std::string place;  // file:line
};

struct ConfigFile {
    std::string path;
    bool open_to_others;  // anyone on this host can read it
    std::map<std::string, ConfigValue, std::less<>> values;
};

// The files that count, the strongest first: the named one alone, else the user's
// ($XDG_CONFIG_HOME/limiters.toml, ~/.config/limiters.toml) and /etc/limiters.toml, where they exist.
// Throws Error (config) with file and line: for TOML that is none, an unknown key (naming the nearest known one, if it
// is near), a value of a type that is not the setting's, a named file that is missing, one that cannot be read.
std::vector<ConfigFile> read_config_files(const Text& named);

}  // namespace options
