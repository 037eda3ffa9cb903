#include "options/values.hpp"

#include "base/duration.hpp"
#include "base/name.hpp"
#include "base/number.hpp"
#include "options/flags.hpp"

namespace options {

using base::Error;
using base::Micros;

void reject(const Source& source, std::string_view text, std::string_view why)
{
    throw Error(source.code, "{} '{}': {}", source.label, text, why);
}

std::int64_t whole_number(const Source& source, std::string_view text, std::int64_t low, std::int64_t high)
{
    const auto value = base::whole_number<std::int64_t>(text);
    if (!value || *value < low || *value > high)
        reject(source, text, fmt::format("not a whole number from {} to {}", low, high));
    return *value;
}

Micros duration(const Source& source, std::string_view text, Micros low, Micros high)
{
    const auto range = [low, high] {
        return fmt::format("from {} to {}", base::format_duration(low), base::format_duration(high));
    };
    const auto value = base::parse_duration(text);
    if (!value && base::is_duration(text))
        reject(source, text, fmt::format("out of range, {} in whole microseconds", range()));
    if (!value)
        reject(source, text, "not a duration, like 30, 1.5, 250ms, 5m, 2h or 1d");
    if (*value < low || *value > high)
        reject(source, text, "not " + range());
    return *value;
}

bool second_of(const Source& source, std::string_view text, const Flag& choice)
{
    const auto [first, second] = choice_of(choice);
    if (text != first && text != second)
        reject(source, text, fmt::format("only {} and {} are known", first, second));
    return text == second;
}

std::string name(const Source& source, const std::string& text)
{
    if (const std::string problem = base::name_problem(text); !problem.empty())
        throw Error(source.code, "{}: {}", source.label, problem);
    return text;
}

std::string label_text(const Source& source, const std::string& text)
{
    if (const std::string problem = base::label_problem(text); !problem.empty())
        throw Error(source.code, "{}: {}", source.label, problem);
    return text;
}

Rate rate(const Source& source, std::string_view text)
{
    const std::size_t slash = text.find('/');
    std::string span(slash == text.npos ? "" : text.substr(slash + 1));
    if (!span.empty() && span[0] >= 'a')
        span.insert(0, 1, '1');  // a bare unit
    if (!base::is_duration(span))
        reject(source, text, "not a rate, like 100/1m or 10/s");
    return {whole_number(source, text.substr(0, slash), k_rate.low, k_rate.high),
            duration(source, span, Micros(1), k_any_time)};
}

std::int64_t number(const Given& given, const Flag& flag)
{
    return whole_number({label(flag)}, given.text(flag).value_or(std::string(flag.by_default)), flag.low, flag.high);
}

Micros duration(const Given& given, const Flag& flag)
{
    return duration({label(flag)}, given.text(flag).value_or(std::string(flag.by_default)), Micros(flag.low),
                    Micros(flag.high));
}

}  // namespace options
