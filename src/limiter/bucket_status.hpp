// A token bucket as somebody sees it who takes no tokens: how full it is, and filling it. The functions only make
// requests and read answers.
#pragma once

#include "base/clock.hpp"
#include "limiter/orders.hpp"
#include "redis/session.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace limiter {

struct BucketStatus {
    std::int64_t level = 0;  // negative: so many are promised ahead
    std::int64_t capacity = 0;
    std::int64_t amount = 0;  // added every `frequency`
    base::Micros frequency{0};
    base::Micros next_refill{0};  // zero: the bucket is full
    base::Micros next_token{0};   // what one who asks for a token now would wait
    // Counters, as long as the bucket is known: how many tokens were reserved, for how long callers were told to wait,
    // and how many tokens were given back.
    std::int64_t granted = 0;
    base::Micros waited{0};
    std::int64_t returned = 0;
    Orders orders;  // of an operator, that stand
};

redis::Request bucket_status(const std::string& prefix, const std::string& name);

// The status; nothing if there is no such bucket, or in other words a full one. One for which there are only orders has
// a capacity of 0.
std::optional<BucketStatus> read_bucket_status(const redis::Reply& reply);

// Makes the bucket full; what was promised stays promised.
redis::Request bucket_reset(const std::string& prefix, const std::string& name);

}  // namespace limiter
