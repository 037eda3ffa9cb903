#include "local/binary.hpp"

#include "base/advice.hpp"
#include "process/command.hpp"
#include "redis/unavailable.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace local {

namespace {

// The files to look for, and the name that each is run by: where only the tools of a server are installed, its check
// program is the server itself, under another name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> k_binaries{{
    {"redis-server", "redis-server"},
    {"valkey-server", "valkey-server"},
    {"redis-check-rdb", "redis-server"},
    {"valkey-check-rdb", "valkey-server"},
}};

// cron's PATH is /usr/bin:/bin, and a server may stand in sbin.
constexpr std::string_view k_usual_places = ":/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/snap/bin";

}  // namespace

Binary find_binary()
{
    const char* variable = std::getenv("PATH");
    const std::string path = std::string(variable != nullptr ? variable : "").append(k_usual_places);
    for (const auto& [file, name] : k_binaries) {
        for (std::string& place : process::places_in(path, std::string(file)))
            if (place[0] == '/' && ::access(place.c_str(), X_OK) == 0)
                return {std::move(place), std::string(name)};
    }
    throw redis::NoLocalServer(
        fmt::format("no Redis is named and no redis-server or valkey-server is installed: {}, or install the package "
                    "redis-tools or valkey-tools",
                    base::advice(base::Advice::name_a_server)));
}

}  // namespace local
