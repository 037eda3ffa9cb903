// What an operator orders for a limiter, whatever its callers ask for: a limit, or a pause (lua/*/common_orders.lua).
#pragma once

#include "base/clock.hpp"
#include "limiter/keys.hpp"
#include "redis/session.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace limiter {

// How much there is at most.
struct Most {
    std::int64_t capacity = 0;
    std::int64_t amount = 0;  // of a bucket: so many are added every `frequency`
    base::Micros frequency{0};
};

struct Order {
    Most most;          // of a limit
    base::Micros left;  // for how long it stands
    base::Micros age;   // for how long it has stood
    std::string by;     // who gave it
    std::string why;    // may be empty

    // For messages: until 14:30:05 by alice@web1: why
    [[nodiscard]] std::string described() const;
};

struct Orders {
    std::optional<Order> limit;
    std::optional<Order> pause;
};

// Reads them where a script tells of them, at this place of its answer; none, if the answer is shorter.
Orders orders_at(const redis::Reply& reply, std::size_t index);

enum class OrderKind { limit, pause };

// An order to be given; a `span` of zero takes it back.
struct NewOrder {
    OrderKind kind;
    base::Micros span;
    Most most{};
    std::string by{};
    std::string why{};
};
redis::Request order(const std::string& prefix, const LimiterName& limiter, const NewOrder& order);

// `done` is false if nothing has changed: a longer pause stands, or there was nothing to take back.
struct Ordered {
    bool done = false;
    Orders orders;  // those that stand now
};
Ordered ordered(const redis::Reply& reply);

}  // namespace limiter
