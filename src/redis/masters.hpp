// Finds where all keys of a logical server live, and goes through them. The functions only make requests and read
// answers: the caller sends them.
#pragma once

#include "redis/session.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace redis {

// Whether the server is a cluster, asked so that a user who may only read can ask: EXISTS of two keys, which must lie
// in different slots.
Request spans_slots(std::string subject, const std::string& one, const std::string& another);
bool is_cluster(const Reply& reply);

// CLUSTER SLOTS (https://redis.io/docs/latest/commands/cluster-slots/), and each master in its answer as a server of
// its own, that is entered like `cluster`.
Request cluster_slots(std::string subject);
std::vector<Server> masters(const Reply& reply, const Server& cluster);

// How many of the slots of a cluster belong to a master, by the same answer: fewer than k_slots, and some limiters
// cannot be used.
inline constexpr std::int64_t k_slots = 16384;
std::int64_t served_slots(const Reply& reply);

// The text as a part of a MATCH pattern in which it stands for itself.
std::string escaped_for_match(std::string_view text);

// SCAN, round by round until the cursor is "0" again. A key can come more than once.
Request scan(std::string subject, const std::string& cursor, const std::string& match);

struct Scanned {
    std::string cursor;
    std::vector<std::string> keys;
};
Scanned scanned(const Reply& reply);

}  // namespace redis
