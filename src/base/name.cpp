#include "base/name.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>

namespace base {

std::string name_problem(std::string_view name)
{
    if (name.empty())
        return "it is empty; 1 to 200 bytes are needed";
    if (name.size() > 200)
        return fmt::format("it has {} bytes; 200 are allowed", name.size());
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (control_at_start(name.substr(i)) > 0)
            return "it holds a control character";
        if (name[i] == '{' || name[i] == '}')
            return "it holds a brace, which is not allowed";
    }
    return {};
}

}  // namespace base
