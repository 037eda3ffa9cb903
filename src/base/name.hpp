// Names of limiters, and key prefixes, which follow the same rule.
#pragma once

#include <string>
#include <string_view>

namespace base {

// 1 to 200 bytes, no control characters, no '{' or '}' (they would change the hash slot of a cluster).
// What is wrong with this one; empty if nothing is.
std::string name_problem(std::string_view name);

}  // namespace base
