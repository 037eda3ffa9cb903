// A semaphore as somebody sees it who asks for no slot: who holds it, and emptying it. The functions only make requests
// and read answers.
#pragma once

#include "base/clock.hpp"
#include "limiter/keys.hpp"
#include "limiter/orders.hpp"
#include "limiter/who.hpp"
#include "redis/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limiter {

struct Holder {
    std::string id;
    std::int64_t weight;
    base::Micros held;        // since it was granted
    base::Micros expires_in;  // negative: it ended, and its holder may still come back to it while the server settles
    bool released;            // given back; the slot stays taken until its min-hold ends
    Who who;
};

struct SemaphoreStatus {
    std::int64_t capacity;  // the last one that was asked for
    std::int64_t used;      // weight that is held
    std::int64_t waiters;
    base::Micros settling;        // until the server has settled after it was away
    std::vector<Holder> holders;  // the longest first
    Orders orders;                // of an operator, that stand
};

// A semaphore is asked for slice by slice, because the server does nothing else meanwhile: from k_first_slice on, as
// long as an answer names another.
inline constexpr std::string_view k_first_slice = "-inf";
redis::Request semaphore_status(const std::string& prefix, const std::string& name, std::string_view slice);

// Adds a slice to what is known. Returns where the next slice begins; empty: this was the last. After the first slice
// `status` is empty if there is no such semaphore.
std::string add_semaphore_status(std::optional<SemaphoreStatus>& status, const redis::Reply& reply);

// The whole status, by a function that asks: from a Request to its Reply.
template <typename Ask>
std::optional<SemaphoreStatus> whole_semaphore_status(const std::string& prefix, const std::string& name, Ask&& ask)
{
    std::optional<SemaphoreStatus> status;
    for (std::string slice(k_first_slice); !slice.empty();)
        slice = add_semaphore_status(status, ask(semaphore_status(prefix, name, slice)));
    return status;
}

// The ids of those who hold, wait or were given up a while ago, round by round until the cursor is "0" again, of those
// that begin so (hex digits). An id can come more than once.
redis::Request find_ids(const std::string& prefix, const std::string& name, Members members, const std::string& cursor,
                        const std::string& beginning);

struct FoundIds {
    std::string cursor;
    std::vector<std::string> ids;
};
FoundIds found_ids(const redis::Reply& reply);

// Empties a semaphore: its holders lose their slots, its waiters get new tickets.
redis::Request semaphore_reset(const std::string& prefix, const std::string& name);

}  // namespace limiter
