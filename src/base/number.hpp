// Numbers in texts of a protocol, a file or a command line: decimal digits, with a '-' in front for a signed type, no
// blank, no '+', no locale.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace base {

// The number that the text begins with; nothing if it begins with none, or with one that T does not hold.
template <typename T>
std::optional<T> leading_number(std::string_view text, std::size_t* length = nullptr)
{
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (length != nullptr)
        *length = static_cast<std::size_t>(end - text.data());
    return error == std::errc{} ? std::optional(value) : std::nullopt;
}

// The number that the whole text is.
template <typename T>
std::optional<T> whole_number(std::string_view text)
{
    std::size_t length = 0;
    const auto value = leading_number<T>(text, &length);
    return length == text.size() ? value : std::nullopt;
}

}  // namespace base
