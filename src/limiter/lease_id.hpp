// The name of a lease outside of Redis: one shell word, no secret.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace limiter {

// What a lease's name says more where a keeper renews the lease: how long the lease is, and by which ticket it is held,
// because a server that restarted may forget it before its keeper asks for it back.
struct Kept {
    std::chrono::milliseconds lease{0};  // 0: there is no keeper
    std::int64_t ticket = 0;

    friend bool operator==(const Kept&, const Kept&) = default;
};

// sem.BASE64URL(name).id.HASH, and .LEASE.TICKET where there is a keeper. HASH are 8 hex digits over server (its
// display form) and key prefix, so that a lease shown to another server is noticed. Base64url is that of RFC 4648,
// section 5, without padding.
std::string lease_id(std::string_view name, std::string_view id, std::string_view server, std::string_view prefix,
                     const Kept& kept = {});

struct Lease {
    std::string name;  // of the limiter
    std::string id;
    Kept kept{};
};

// What a lease's name says of the lease, on whatever server that is; nothing for a text that is no such name.
std::optional<Lease> parse_lease(std::string_view lease);

// The id in a lease's name, if the lease is one of this limiter on this server; else empty.
std::string id_of_lease(std::string_view lease, std::string_view name, std::string_view server,
                        std::string_view prefix);

}  // namespace limiter
