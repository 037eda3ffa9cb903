// A semaphore seen from outside: who holds it, and emptying it.
#pragma once

#include "base/clock.hpp"
#include "redis/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace limiter {

struct Holder {
    std::string id;
    std::int64_t weight;
    base::Micros held;        // since it was granted
    base::Micros expires_in;  // negative: it ended, and its holder may still come back to it while the server settles
    bool released;            // given back; the slot stays taken until its min-hold ends
    std::string host;         // this and the rest: as the holder calls itself
    std::string pid;
    std::string command;
};

struct SemaphoreStatus {
    std::int64_t capacity;  // the last one that was asked for
    std::int64_t used;      // weight that is held
    std::int64_t waiters;
    base::Micros settling;        // until the server has settled after it was away
    std::vector<Holder> holders;  // the longest first
};

redis::Request semaphore_status(const std::string& prefix, const std::string& name);

// Nothing: there is no such semaphore.
std::optional<SemaphoreStatus> read_semaphore_status(const redis::Reply& reply);

// Its holders lose their slots, its waiters get new tickets.
redis::Request semaphore_reset(const std::string& prefix, const std::string& name);

}  // namespace limiter
