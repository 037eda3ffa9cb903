// The name of a lease outside of Redis: one shell word, no secret.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace limiter {

// sem.BASE64URL(name).id.8 hex digits of a hash of server and prefix, so that a lease shown to another server is
// noticed. Where a keeper renews it, two more parts say how long it is, in ms, and by which ticket it is held: a server
// that restarted may forget it before its keeper asks for it back. `server` is its display form. RFC 4648, section 5,
// without padding.
struct Kept {
    std::chrono::milliseconds lease{0};  // 0: there is no keeper
    std::int64_t ticket = 0;

    friend bool operator==(const Kept&, const Kept&) = default;
};
std::string lease_id(std::string_view name, std::string_view id, std::string_view server, std::string_view prefix,
                     const Kept& kept = {});

struct Lease {
    std::string name;  // of the limiter
    std::string id;
    Kept kept{};
};

// What such a name says of the lease, on whatever server it is; nothing if it is not one.
std::optional<Lease> parse_lease(std::string_view lease);

// The id in such a name, if it is a lease of this limiter on this server; else empty.
std::string id_of_lease(std::string_view lease, std::string_view name, std::string_view server,
                        std::string_view prefix);

}  // namespace limiter
