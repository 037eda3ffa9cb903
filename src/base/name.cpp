#include "base/name.hpp"

#include "base/printable.hpp"

#include <fmt/format.h>

namespace base {

std::string label_problem(std::string_view label)
{
    if (label.empty())
        return "it is empty; 1 to 200 bytes are needed";
    if (label.size() > 200)
        return fmt::format("it has {} bytes; 200 are allowed", label.size());
    for (std::size_t i = 0; i < label.size(); ++i)
        if (control_at_start(label.substr(i)) > 0)
            return "it holds a control character";
    return {};
}

std::string name_problem(std::string_view name)
{
    if (std::string problem = label_problem(name); !problem.empty())
        return problem;
    return name.find_first_of("{}") != name.npos ? "it holds a brace, which is not allowed" : std::string();
}

}  // namespace base
