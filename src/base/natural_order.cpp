#include "base/natural_order.hpp"

#include <algorithm>
#include <compare>

namespace base {

namespace {

std::string_view take_number(std::string_view& text)
{
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    std::string_view number = text.substr(0, size);
    text.remove_prefix(size);
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    return number;
}

bool begins_with_digit(std::string_view text)
{
    return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

std::strong_ordering compare(std::string_view a, std::string_view b)
{
    while (!a.empty() && !b.empty()) {
        if (begins_with_digit(a) && begins_with_digit(b)) {
            const std::string_view m = take_number(a);
            const std::string_view n = take_number(b);
            if (m != n)
                return m.size() != n.size() ? m.size() <=> n.size() : m <=> n;
            continue;
        }
        if (a.front() != b.front())
            return static_cast<unsigned char>(a.front()) <=> static_cast<unsigned char>(b.front());
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return a.size() <=> b.size();
}

}  // namespace

bool is_before(std::string_view a, std::string_view b)
{
    const auto order = compare(a, b);
    return order != 0 ? order < 0 : a < b;
}

}  // namespace base
