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
    // Reads the files. `own`: what was given to the subcommand. Throws Error (config).
    explicit SettingSources(const GlobalOptions& global, const Given& own = {});

    [[nodiscard]] std::optional<FoundSetting> find(const Flag& setting) const;

    // The value of a setting, or its default. Throw Error (usage, config).
    [[nodiscard]] std::int64_t number(const Flag& setting) const;
    [[nodiscard]] base::Micros duration(const Flag& setting) const;

    // For a choice or a switch: true for the second word, false for the first.
    [[nodiscard]] bool second_of(const Flag& setting) const;

private:
    [[nodiscard]] FoundSetting found_or_default(const Flag& setting) const;

    Given m_given;
    std::vector<ConfigFile> m_files;
};

}  // namespace options
