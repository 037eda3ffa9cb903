// What a server tells of itself by INFO and TIME. The functions only make requests and read answers.
#pragma once

#include "base/clock.hpp"
#include "redis/session.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace redis {

struct ServerInfo {
    std::string product;  // Redis, Valkey
    std::string version;
    std::string pid;
    std::string mode;    // standalone, cluster, sentinel
    std::string role;    // master, slave
    std::string master;  // of a replica: host:port
    bool master_reached = false;
    std::int64_t replicas = 0;
    bool loading = false;
    bool append_only = false;
    bool save_failed = false;  // the last snapshot, or the last write to the append-only file
    std::string eviction_policy;
    std::int64_t memory_used = 0;
    std::int64_t memory_limit = 0;  // 0: none
};

// https://redis.io/docs/latest/commands/info/
Request info(std::string subject);
ServerInfo server_info(const Reply& reply);

// Whether a version such as "7.0.8" comes before this major and minor number.
bool older_than(const std::string& version, const std::array<int, 2>& other);

// https://redis.io/docs/latest/commands/time/
Request time(std::string subject);
base::Micros server_time(const Reply& reply);

}  // namespace redis
