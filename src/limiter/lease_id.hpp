// The name of a lease outside of Redis: one shell word, no secret.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace limiter {

// sem.BASE64URL(name).id.8 hex digits of a hash of server and prefix, so that a lease shown to another server is
// noticed. `server` is its display form. RFC 4648, section 5, without padding.
std::string lease_id(std::string_view name, std::string_view id, std::string_view server, std::string_view prefix);

struct Lease {
    std::string name;  // of the limiter
    std::string id;
};

// What such a name says of the lease, on whatever server it is; nothing if it is not one.
std::optional<Lease> parse_lease(std::string_view lease);

// The id in such a name, if it is a lease of this limiter on this server; else empty.
std::string id_of_lease(std::string_view lease, std::string_view name, std::string_view server,
                        std::string_view prefix);

}  // namespace limiter
