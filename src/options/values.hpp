// From the text of an option or a variable to its value, with a message that names where the text came from.
#pragma once

#include "base/clock.hpp"
#include "base/duration.hpp"
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

// True for the second word, false for the first.
bool second_of(const Source& source, std::string_view text, std::string_view first, std::string_view second);

std::string name(const Source& source, const std::string& text);

// A/D: so many in each duration; "10/s" is "10/1s".
struct Rate {
    std::int64_t amount;
    base::Micros duration;
};
Rate rate(const Source& source, std::string_view text);

inline constexpr base::Micros k_no_time{0};
inline constexpr base::Micros k_any_time = base::k_longest_duration;

}  // namespace options
