// The words of the command line before "--". What none of them can mean need not be made: every run pays for it.
#pragma once

#include "options/flag.hpp"

#include <string_view>
#include <vector>

namespace options {

class Words {
public:
    Words(char** begin, char** end) : m_words(begin, end) {}

    [[nodiscard]] bool has(std::string_view word) const;

    [[nodiscard]] bool ask_for_help() const { return has_option("help", 'h'); }

    // Whether a word can be this option; always, if help is asked for.
    [[nodiscard]] bool can_mean(const Flag& flag) const;

    // The word as it was typed: CLI11 tells of "-n5" only "-5" when -n takes no value.
    [[nodiscard]] std::string_view whole(std::string_view part) const;

private:
    [[nodiscard]] bool has_option(std::string_view name, char letter) const;

    std::vector<std::string_view> m_words;
};

}  // namespace options
