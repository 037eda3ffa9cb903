#include "terminal/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace terminal {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t c)
{
    return std::any_of(ranges.begin(), ranges.end(), [c](const Range& r) { return c >= r.first && c <= r.last; });
}

// Characters that steer: controls, marks of direction, separators of lines, and the byte order mark.
constexpr std::array<Range, 7> k_steering{{
    {0x00, 0x1F},
    {0x7F, 0x9F},
    {0x61C, 0x61C},
    {0x200B, 0x200F},
    {0x2028, 0x202E},
    {0x2060, 0x206F},
    {0xFEFF, 0xFEFF},
}};

// Characters of two columns: the East Asian and the pictorial blocks of Unicode. There is no wcwidth(3), since a static
// program has no locale but "C". Blocks are rough on the safe side: a character that takes one column where two are
// counted leaves a gap; the other way round the line would wrap, and the live line could not be cleared.
constexpr std::array<Range, 13> k_wide{{
    {0x1100, 0x115F},
    {0x231A, 0x232A},
    {0x23E9, 0x23F3},
    {0x25FD, 0x27BF},
    {0x2B1B, 0x2B55},
    {0x2E80, 0xA4CF},
    {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},
    {0xFE10, 0xFE6F},
    {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},
    {0x16FE0, 0x3FFFD},
}};

constexpr std::array<Range, 4> k_combining{{{0x300, 0x36F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

struct Character {
    char32_t code;
    std::size_t bytes;
    bool good;
};

// The first character (RFC 3629); of bytes that are none, the first byte.
Character first_of(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t bytes = lead < 0x80   ? 1
                              : lead < 0xC2 ? 0
                              : lead < 0xE0 ? 2
                              : lead < 0xF0 ? 3
                              : lead < 0xF5 ? 4
                                            : 0;
    if (bytes == 0 || bytes > text.size())
        return {lead, 1, false};
    char32_t code = bytes == 1 ? lead : lead & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xC0) != 0x80)
            return {lead, 1, false};
        code = code << 6 | (byte(i) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool good = code >= smallest[bytes] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    return good ? Character{code, bytes, true} : Character{lead, 1, false};
}

std::size_t width_of(char32_t c)
{
    return in(k_combining, c) ? 0 : in(k_wide, c) ? 2 : 1;
}

}  // namespace

std::string visible(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        const Character c = first_of(text);
        // A backslash that would read as the beginning of \xNN is written so too: two texts never look the same.
        const bool misread = text.starts_with("\\x");
        if (c.good && !misread && !in(k_steering, c.code))
            out += text.substr(0, c.bytes);
        else
            for (const char byte : text.substr(0, c.bytes))
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        text.remove_prefix(c.bytes);
    }
    return out;
}

std::size_t columns(std::string_view visible_text)
{
    std::size_t total = 0;
    while (!visible_text.empty()) {
        const Character c = first_of(visible_text);
        total += width_of(c.code);
        visible_text.remove_prefix(c.bytes);
    }
    return total;
}

std::string cut(std::string_view visible_text, std::size_t width)
{
    if (columns(visible_text) <= width)
        return std::string(visible_text);
    std::size_t bytes = 0;
    std::size_t used = 0;
    for (;;) {
        const Character c = first_of(visible_text.substr(bytes));
        used += width_of(c.code);
        if (used + 1 > width)
            break;
        bytes += c.bytes;
    }
    return std::string(visible_text.substr(0, bytes)) + (width > 0 ? "…" : "");
}

}  // namespace terminal
