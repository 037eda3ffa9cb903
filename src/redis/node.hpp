// One server process: a TCP port of a host, or a Unix socket.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace redis {

struct Node {
    std::string host;  // empty: a Unix socket at `path`
    std::uint16_t port = 6379;
    std::string path;

    // host:port with an IPv6 address in brackets, or the path.
    [[nodiscard]] std::string display() const
    {
        if (host.empty())
            return path;
        const bool bracketed = host.find(':') != std::string::npos;
        return fmt::format("{}{}{}:{}", bracketed ? "[" : "", host, bracketed ? "]" : "", port);
    }

    friend bool operator==(const Node&, const Node&) = default;
};

}  // namespace redis
