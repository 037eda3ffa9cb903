// Text from a name or a server, safe for a terminal and a log: one line, and no escape sequence works.
#pragma once

#include <string>
#include <string_view>

namespace base {

// Control bytes as '?'.
inline std::string printable(std::string_view text)
{
    std::string safe(text);
    for (char& c : safe)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    return safe;
}

}  // namespace base
