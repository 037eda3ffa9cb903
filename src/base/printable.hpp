// Text from a name or a server, safe for a terminal and a log: one line, and no escape sequence works.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace base {

// How many bytes the control character is long that the text begins with; 0 if none is there. C1 (U+0080 to U+009F)
// counts: U+009B alone begins an escape sequence. It has two bytes in UTF-8, the first of which is always a first one.
inline std::size_t control_at_start(std::string_view text)
{
    const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    if (text.empty())
        return 0;
    if (byte(0) < 0x20 || byte(0) == 0x7f)
        return 1;
    return byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0x9f ? 2 : 0;
}

// How many bytes the character is long that the text begins with, if it is one of U+2028 to U+202E and U+2066 to
// U+2069, because these end a line or turn the direction of what follows; else 0. A name may hold them.
inline std::size_t turn_at_start(std::string_view text)
{
    if (!text.starts_with("\xe2\x80") && !text.starts_with("\xe2\x81"))
        return 0;
    const auto last = text.size() > 2 ? static_cast<unsigned char>(text[2]) : 0U;
    const bool turns = text[1] == '\x80' ? last >= 0xa8 && last <= 0xae : last >= 0xa6 && last <= 0xa9;
    return turns ? 3 : 0;
}

// The text with a '?' for each of these characters.
inline std::string printable(std::string_view text)
{
    std::string safe;
    while (!text.empty()) {
        const std::size_t control = std::max(control_at_start(text), turn_at_start(text));
        safe += control > 0 ? '?' : text.front();
        text.remove_prefix(control > 0 ? control : 1);
    }
    return safe;
}

}  // namespace base
