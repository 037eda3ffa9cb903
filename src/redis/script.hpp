// A Lua script as it was embedded at build time: its folder's common*.lua and its own file, joined.
#pragma once

#include <string_view>

namespace redis {

struct Script {
    std::string_view name;  // "semaphore/acquire"
    std::string_view text;
    std::string_view sha1;  // of text, 40 hex digits: EVALSHA's name for it
};

}  // namespace redis
