#include "targets.hpp"

#include "base/duration.hpp"
#include "base/name.hpp"
#include "base/natural_order.hpp"
#include "base/printable.hpp"
#include "options/flags.hpp"
#include "options/values.hpp"
#include "redis/masters.hpp"

namespace {

void duration(std::string_view text)
{
    const auto span = base::parse_duration(text);
    fuzz::require(!span || base::is_duration(text), "a duration that is none");
    if (!span)
        return;
    fuzz::require(*span >= base::Micros::zero() && *span <= base::k_longest_duration, "a duration out of range");
    fuzz::require(base::parse_duration(base::format_duration(*span)) == span, "a duration is written as another one");
    fuzz::require(!base::readable(*span).empty() && !base::rough(*span).empty(), "a duration without words");
}

void order(const std::string& a, const std::string& b)
{
    fuzz::require(!base::is_before(a, a), "a name stands before itself");
    fuzz::require(a == b || base::is_before(a, b) != base::is_before(b, a), "two names stand before each other");
}

}  // namespace

void fuzz::numbers(std::string_view text)
{
    duration(text);
    base::name_problem(text);
    base::label_problem(text);
    const std::string safe = base::printable(text);
    require(base::printable(safe) == safe, "what is printed is not safe");
    redis::escaped_for_match(text);
    const std::vector<std::string> lines = lines_of(text);
    order(lines.front(), lines.back());
    for (const auto& value : {+[](std::string_view t) { options::rate({"--rate"}, t); },
                              +[](std::string_view t) { options::whole_number({"-j"}, t, -1000, 1000); }})
        try {
            value(text);
        } catch (const base::Error&) {
        }
}
