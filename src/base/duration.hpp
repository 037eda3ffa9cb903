// Durations as the command line writes them: 30, 1.5, 250ms, 30s, 5m, 2h, 1d. A bare number is seconds.
#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace base {

// Ten years: no longer duration can be said, since that can only be a mistake.
inline constexpr Micros k_longest_duration{std::int64_t{3652} * 86400 * 1000000};

// The duration, exact to the microsecond. Nothing for anything else: a sign, an exponent, more than six digits behind
// the point of a second, an unknown unit, a value above the longest one.
std::optional<Micros> parse_duration(std::string_view text);

// Whether the text is a number with a known unit, though it may be too long or too fine for parse_duration.
bool is_duration(std::string_view text);

// A duration as parse_duration reads it, in the largest unit that leaves a whole number: "2m", "90s", "1500ms";
// "0.0005s" below a millisecond.
std::string format_duration(Micros duration);

// A duration for people: 1.8s, 28s, 3m12s, 2h05m, 4d3h. Rounded up, so that who waits as long as it says has waited
// enough.
std::string readable(Micros span);

// A duration for people, without the seconds from five minutes on, where they say nothing: for how long somebody has
// held a slot, and for what is only an estimate.
std::string rough(Micros span);

// What clocks on this host will show when the span is over: 14:30:05, with the date before it unless that is today.
std::string time_of_day_in(Micros span);

}  // namespace base
