// One caller of one token bucket: what it asks, and what the scripts answer. A TokenBucket sends nothing itself: its
// Request goes out through run::Exchange, and the Reply comes back here. Reading one throws Error (internal) if it is
// not what the script promises.
#pragma once

#include "base/clock.hpp"
#include "limiter/orders.hpp"
#include "redis/session.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace limiter {

struct TokenBucketOptions {
    std::string prefix;
    std::string name;
    std::int64_t capacity = 0;
    std::int64_t amount = 0;    // added at once every `frequency`, never above the capacity
    base::Micros frequency{0};  // at least 1 µs
    std::int64_t tokens = 1;
    std::optional<base::Micros> max_wait;  // of the whole wait; nothing: any
};

// The limiter in a message: bucket 'api'.
std::string bucket_subject(const TokenBucketOptions& options);

// What a bucket was made with, where a caller brings something else.
struct Parameters {
    std::int64_t capacity;
    std::int64_t amount;
    base::Micros frequency;
};
using OtherParameters = std::optional<Parameters>;

// Reads the parameters at this place of an answer, if there are any.
OtherParameters other_parameters(const redis::Reply& reply, std::size_t index);

// The one line of warning about other parameters.
std::string warning_of(const Parameters& others, const TokenBucketOptions& options);

// What acquire.lua answers.
struct Reservation {
    enum class State { too_far = -1, refused = 0, reserved = 1 } state;
    base::Micros wait;  // until the tokens are, or would be, due
    OtherParameters others;
    Orders orders;  // of an operator, that stand
};

class TokenBucket {
public:
    explicit TokenBucket(TokenBucketOptions options);

    // Reserves the tokens, if they are due within `max_wait`; repeating it charges nothing more.
    [[nodiscard]] redis::Request acquire(std::optional<base::Micros> max_wait) const;
    static Reservation acquired(const redis::Reply& reply);

    // Gives the tokens back if they are not due yet, once all that was reserved after them has gone back.
    [[nodiscard]] redis::Request cancel() const;

    [[nodiscard]] const TokenBucketOptions& options() const { return m_options; }

    [[nodiscard]] std::string subject() const { return bucket_subject(m_options); }

private:
    TokenBucketOptions m_options;
    std::string m_id;
    std::string m_key;
};

}  // namespace limiter
