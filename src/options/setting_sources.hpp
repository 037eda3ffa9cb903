// The settings, key by key: from the flag, else the environment, else the user's file, else the system's.
#pragma once

#include "options/config_file.hpp"
#include "options/options.hpp"
#include "options/values.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace options {

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

}  // namespace options
