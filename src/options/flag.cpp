#include "options/flag.hpp"

#include "base/duration.hpp"

#include <fmt/format.h>

namespace options {

std::string label(const Flag& flag)
{
    return fmt::format("{}{}", flag.type == Type::word ? "" : "--", flag.name);
}

std::string variable_of(const Flag& flag)
{
    std::string variable = "LIMITERS_";
    for (const char c : flag.name)
        variable += c == '-' ? '_' : static_cast<char>(c & ~0x20);
    return variable;
}

std::string range_of(const Flag& flag)
{
    if (flag.type == Type::duration)
        return fmt::format("{} to {}", base::format_duration(base::Micros(flag.low)),
                           base::format_duration(base::Micros(flag.high)));
    return fmt::format("{} to {}", flag.low, flag.high);
}

std::string help_of(const Flag& flag)
{
    std::string help(flag.help);
    if (flag.tells_range)
        help += ", " + range_of(flag);
    if (flag.from != From::nowhere)
        help += fmt::format(" (env {})", variable_of(flag));
    if (flag.by_default == "required")
        help += " (required)";
    else if (!flag.by_default.empty())
        help += fmt::format(" [{}]", flag.by_default);
    return help;
}

Choice choice_of(const Flag& flag)
{
    if (flag.type == Type::on)
        return {"0", "1"};
    const std::size_t bar = flag.value.find('|');
    return {flag.value.substr(0, bar), flag.value.substr(bar + 1)};
}

}  // namespace options
