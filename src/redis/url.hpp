// Where the servers are and how to enter: the parts of a URL.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"
#include "redis/node.hpp"
#include "redis/tls_options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace redis {

struct Server {
    std::vector<Node> nodes;  // at least one: the server, seeds of a cluster, or sentinels
    std::string service;      // not empty: the nodes are sentinels, which know its master
    int database = 0;
    std::string user;
    base::Secret password;
    bool tls = false;
    TlsOptions tls_options;

    // For messages: a URL that names the servers and holds no secret.
    [[nodiscard]] std::string display() const;
};

// Names the wrong part, and never echoes the password.
class BadUrl : public base::Setback {
public:
    using Setback::Setback;
};

// redis://[user[:password]@]host[:port][,host[:port]…][/db], rediss:// (TLS), valkey:// and valkeys:// the same,
// redis+sentinel://host[:port][,…]/service[/db], unix:///path[?db=N]. User and password are percent-decoded.
// Throws BadUrl.
Server parse_url(std::string_view url);

}  // namespace redis
