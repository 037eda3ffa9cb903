#include "base/name.hpp"

#include <fmt/format.h>

namespace base {

std::string name_problem(std::string_view name)
{
    if (name.empty())
        return "it is empty; 1 to 200 bytes are needed";
    if (name.size() > 200)
        return fmt::format("it has {} bytes; 200 are allowed", name.size());
    for (const char c : name) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return "it holds a control character";
        if (c == '{' || c == '}')
            return "it holds a brace, which is not allowed";
    }
    return {};
}

}  // namespace base
