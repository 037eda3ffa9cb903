// What a user's file holds, up to a size that no such file has: a device or a pipe may have no end.
#pragma once

#include <istream>
#include <optional>
#include <string>

namespace cli {

constexpr std::size_t k_most_text = 1048576;

// Up to `end`, or to the end of the file. Nothing: it is longer than k_most_text.
inline std::optional<std::string> read_text(std::istream& file, int end = std::istream::traits_type::eof())
{
    constexpr int k_eof = std::istream::traits_type::eof();
    std::string text;
    for (int c = file.rdbuf()->sbumpc(); c != end && c != k_eof; c = file.rdbuf()->sbumpc()) {
        if (text.size() == k_most_text)
            return std::nullopt;
        text += static_cast<char>(c);
    }
    return text;
}

}  // namespace cli
