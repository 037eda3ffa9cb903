// Names of limiters, and key prefixes, which follow the same rule; and labels, which nearly do.
#pragma once

#include <string>
#include <string_view>

namespace base {

// What is wrong with a name; empty if nothing is. A name has 1 to 200 bytes, no control characters, and no '{' or '}',
// because these would change the slot of its keys in a cluster.
std::string name_problem(std::string_view name);

// What is wrong with a label, by which a caller tells others who it is. Unlike a name it may have braces, because it
// stands in no key.
std::string label_problem(std::string_view label);

}  // namespace base
