// Turns the text of an option or a variable into its value, with a message that names where the text came from.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "options/options.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace options {

// Where a text came from: --capacity (usage error) or LIMITERS_REDIS (configuration error).
struct Source {
    std::string label;
    base::ExitCode code = base::ExitCode::usage;
};

[[noreturn]] void reject(const Source& source, std::string_view text, std::string_view why);

std::int64_t whole_number(const Source& source, std::string_view text, std::int64_t low, std::int64_t high);

base::Micros duration(const Source& source, std::string_view text, base::Micros low, base::Micros high);

// True for the second word of a choice or switch, false for the first.
bool second_of(const Source& source, std::string_view text, const Flag& choice);

std::string name(const Source& source, const std::string& text);

std::string label_text(const Source& source, const std::string& text);

// So many in each duration, said A/D; "10/s" is "10/1s".
struct Rate {
    std::int64_t amount;
    base::Micros duration;
};
Rate rate(const Source& source, std::string_view text);

// The value that was given for this option, within its range, else its default, which must be such a value. Throws
// Error (usage).
std::int64_t number(const Given& given, const Flag& flag);
base::Micros duration(const Given& given, const Flag& flag);

inline constexpr base::Micros k_no_time{0};

}  // namespace options
