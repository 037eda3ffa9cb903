#include "base/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>

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

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool are_digits(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

struct Parts {
    std::string_view number;  // digits, and behind a point more of them
    std::int64_t unit;
};

std::optional<Parts> parts_of(std::string_view text)
{
    const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string_view number = text.substr(0, end);
    const std::string_view name = end == text.size() ? "s" : text.substr(end);
    const auto unit = std::find_if(k_units.begin(), k_units.end(), [name](const Unit& u) { return u.name == name; });
    const std::size_t point = number.find('.');
    if (unit == k_units.end() || !are_digits(number.substr(0, point)) ||
        (point != number.npos && !are_digits(number.substr(point + 1))))
        return std::nullopt;
    return Parts{number, unit->micros};
}

// In integers: nothing is lost to binary fractions. Nothing, if that is no whole number, or above ten years.
std::optional<std::int64_t> in_micros(const Parts& parts)
{
    std::int64_t total = 0;
    std::int64_t place = 0;  // what the next digit behind the point is worth; 0 before the point
    for (const char c : parts.number) {
        if (c == '.') {
            place = parts.unit;
            continue;
        }
        const std::int64_t digit = c - '0';
        if (place == 0) {
            total = total * 10 + digit * parts.unit;
        } else {
            if (digit != 0 && digit * place % 10 != 0)
                return std::nullopt;
            total += digit * place / 10;
            place /= 10;
            if (place == 0)
                place = 1;
        }
        if (total > k_longest_duration.count())
            return std::nullopt;
    }
    return total;
}

}  // namespace

std::optional<Micros> parse_duration(std::string_view text)
{
    const auto parts = parts_of(text);
    const auto micros = parts ? in_micros(*parts) : std::nullopt;
    return micros ? std::optional(Micros(*micros)) : std::nullopt;
}

bool is_duration(std::string_view text)
{
    return parts_of(text).has_value();
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

std::string rough(Micros span)
{
    const auto minutes = std::chrono::round<std::chrono::minutes>(span);
    if (minutes >= std::chrono::hours(1))
        return readable(minutes);
    return minutes >= std::chrono::minutes(5) ? fmt::format("{}m", minutes.count()) : readable(span);
}

std::string time_of_day_in(Micros span)
{
    const Micros now = now_on(CLOCK_REALTIME);
    const auto broken_down = [](Micros time) {
        const std::time_t seconds = std::chrono::ceil<std::chrono::seconds>(time).count();
        std::tm parts{};
        ::localtime_r(&seconds, &parts);
        return parts;
    };
    const std::tm then = broken_down(now + span);
    const std::tm today = broken_down(now);
    const bool is_today = then.tm_yday == today.tm_yday && then.tm_year == today.tm_year;
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), is_today ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &then);
    return text.data();
}

}  // namespace base
