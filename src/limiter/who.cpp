#include "limiter/who.hpp"

#include <fmt/format.h>

namespace limiter {

namespace {

std::string take(std::string_view& text, char end)
{
    const std::size_t at = text.find(end);
    std::string word(text.substr(0, at));
    text.remove_prefix(at == text.npos ? text.size() : at + 1);
    return word;
}

}  // namespace

std::string text_of(const Who& who)
{
    return fmt::format("{} {} {}{}{}", who.host, who.pid, who.command, who.label.empty() ? "" : "/", who.label);
}

Who who_of(std::string_view text)
{
    Who who;
    who.host = take(text, ' ');
    who.pid = take(text, ' ');
    who.command = take(text, '/');
    who.label = text;
    return who;
}

std::string readable(const Who& who, std::string_view between)
{
    if (who.command.empty() || who.host.empty())
        return fmt::format("somebody unknown{}", between);
    return fmt::format("{} {} on {}{}{}", who.command, who.pid, who.host, between,
                       who.label.empty() ? "" : fmt::format(" ({})", who.label));
}

}  // namespace limiter
