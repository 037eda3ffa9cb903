// Where a cluster sends us.
#pragma once

#include "redis/node.hpp"

#include <optional>
#include <string_view>

namespace redis {

// Of "MOVED 3999 127.0.0.1:6381" or ASK the same, said by `from`; an empty host is that one. Nothing: it names no node.
std::optional<Node> redirected_to(std::string_view text, const Node& from);

}  // namespace redis
