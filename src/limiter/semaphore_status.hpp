// A semaphore as somebody sees it who asks for no slot: who holds it and who waits, and emptying it. All of these only
// make requests and read their answers.
#pragma once

#include "base/clock.hpp"
#include "limiter/keys.hpp"
#include "limiter/orders.hpp"
#include "limiter/who.hpp"
#include "redis/session.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
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
    std::string slots;  // the names of those that it has, with commas; empty where they have none
};

struct Waiter {
    std::string id;
    std::int64_t weight;
    base::Micros waited;
    Who who;
};

// What has become of all who asked, since the server has known of the semaphore (lua/semaphore/common_state.lua).
struct SemaphoreCounters {
    std::int64_t granted;
    std::int64_t waits;   // so many of these had to wait,
    base::Micros waited;  // so long in all
    base::Micros held;    // by those who hold no more
    std::int64_t refused;
    std::int64_t expired;
    std::int64_t lost;
    std::int64_t superseded;
};

struct SemaphoreStatus {
    std::int64_t capacity;  // the last one that was asked for
    std::int64_t used;      // weight that is held
    std::int64_t waiters;
    base::Micros settling;  // until the server has settled after it was away
    std::int64_t held_by;   // how many hold
    SemaphoreCounters counters;
    std::vector<Holder> holders;  // the longest first, of those that were asked for
    std::vector<Waiter> waiting;  // in the order of the queue, the same
    Orders orders;                // of an operator, that stand
};

// A semaphore is asked for slice by slice, because the server does nothing else meanwhile. The first slice has most of
// what people want to see: hundreds of holders, and the first in the queue.
class SemaphoreReader {
public:
    SemaphoreReader(std::string prefix, std::string name) : m_prefix(std::move(prefix)), m_name(std::move(name)) {}

    [[nodiscard]] redis::Request next_slice() const;
    void add(const redis::Reply& reply);

    // Whether all are known.
    [[nodiscard]] bool done() const { return m_holders_from.empty() && m_waiters_from.empty(); }

    // What is known; nothing if there is no such semaphore.
    [[nodiscard]] std::optional<SemaphoreStatus> status() &&;

private:
    void add_slots(std::string_view text);
    void add_holders(const redis::Reply& rows);
    void add_waiters(const redis::Reply& rows);

    std::string m_prefix;
    std::string m_name;
    std::string m_holders_from = "-inf";  // empty: these are all known
    std::string m_waiters_from = "-inf";
    std::optional<SemaphoreStatus> m_status;
    std::map<std::string, std::string, std::less<>> m_slots;  // of each id the names of its slots
    std::set<std::string> m_known;  // one that renews its lease between two slices comes again, further behind
};

enum class Part { first_slice, all };

// Reads a semaphore by a function that asks: from a Request to its Reply.
template <typename Ask>
std::optional<SemaphoreStatus> read_semaphore_status(const std::string& prefix, const std::string& name, Part part,
                                                     Ask&& ask)
{
    SemaphoreReader reader(prefix, name);
    do
        reader.add(ask(reader.next_slice()));
    while (part == Part::all && !reader.done());
    return std::move(reader).status();
}

// Asks for the ids of those who hold, wait or were given up a while ago, round by round until the cursor is "0" again,
// of those that begin so (hex digits). An id can come more than once.
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
