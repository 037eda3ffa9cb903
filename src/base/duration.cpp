#include "base/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace base {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t micros;
};

constexpr std::array<Unit, 5> k_units{{
    {"ms", 1000},
    {"s", 1000000},
    {"m", 60000000},
    {"h", 3600000000},
    {"d", 86400000000},
}};

constexpr std::int64_t k_longest = 3652 * 86400000000;  // ten years

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// The number in units of `unit`, in integers: nothing is lost to binary fractions.
std::optional<std::int64_t> in_micros(std::string_view number, std::int64_t unit)
{
    std::int64_t total = 0;
    std::int64_t place = 0;  // what the next digit behind the point is worth; 0 before the point
    bool any = false;
    for (const char c : number) {
        if (c == '.' && place == 0 && any) {
            place = unit;
            continue;
        }
        if (!is_digit(c))
            return std::nullopt;
        any = true;
        const std::int64_t digit = c - '0';
        if (place == 0) {
            total = total * 10 + digit * unit;
        } else {
            if (digit != 0 && digit * place % 10 != 0)
                return std::nullopt;
            total += digit * place / 10;
            place /= 10;
            if (place == 0)
                place = 1;
        }
        if (total > k_longest)
            return std::nullopt;
    }
    if (!any || number.back() == '.')
        return std::nullopt;
    return total;
}

}  // namespace

std::optional<Micros> parse_duration(std::string_view text)
{
    std::size_t digits = 0;
    while (digits < text.size() && (is_digit(text[digits]) || text[digits] == '.'))
        ++digits;
    const std::string_view name = text.substr(digits).empty() ? "s" : text.substr(digits);
    for (const Unit& unit : k_units) {
        if (unit.name != name)
            continue;
        if (const auto micros = in_micros(text.substr(0, digits), unit.micros))
            return Micros(*micros);
    }
    return std::nullopt;
}

std::string format_duration(Micros duration)
{
    const std::int64_t micros = duration.count();
    for (auto unit = k_units.rbegin(); micros != 0 && unit != k_units.rend(); ++unit)
        if (micros % unit->micros == 0)
            return fmt::format("{}{}", micros / unit->micros, unit->name);
    std::string seconds = fmt::format("{}.{:06}", micros / 1000000, micros % 1000000);
    seconds.erase(seconds.find_last_not_of('0') + 1);
    if (seconds.back() == '.')
        seconds.pop_back();
    return seconds + "s";
}

std::string readable(Micros span)
{
    const auto in = [span](std::int64_t unit) { return (span.count() + unit - 1) / unit; };
    const std::int64_t ms = in(1000);
    const std::int64_t tenths = in(100000);
    const std::int64_t s = in(1000000);
    const std::int64_t m = in(60000000);
    const std::int64_t h = in(3600000000);
    if (ms < 1000)
        return fmt::format("{}ms", ms);
    if (tenths < 100)
        return fmt::format("{}.{}s", tenths / 10, tenths % 10);
    if (s < 60)
        return fmt::format("{}s", s);
    if (s < 3600)
        return fmt::format("{}m{:02}s", s / 60, s % 60);
    if (m < 1440)
        return fmt::format("{}h{:02}m", m / 60, m % 60);
    return fmt::format("{}d{}h", h / 24, h % 24);
}

}  // namespace base
