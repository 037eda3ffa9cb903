// Reads where a node of a cluster sends us.
#pragma once

#include "redis/node.hpp"

#include <optional>
#include <string_view>

namespace redis {

// The node in "MOVED 3999 127.0.0.1:6381", or in an ASK of the same form, that `from` has said; an empty host stands
// for that of `from`. Nothing if the text names no node.
std::optional<Node> redirected_to(std::string_view text, const Node& from);

}  // namespace redis
