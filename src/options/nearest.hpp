// What a mistyped word was meant to be.
#pragma once

#include <string_view>
#include <vector>

namespace options {

// The known word that is nearest; empty if none is near: a slip of the pen, or more said than needed (redis-url).
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace options
