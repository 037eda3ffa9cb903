// One caller of one semaphore: what it asks, and what the scripts answer. Sends nothing itself: a Request goes out
// through redis::Session, its Reply comes back here. All spans in µs.
#pragma once

#include "base/clock.hpp"
#include "redis/session.hpp"

#include <cstdint>
#include <string>

namespace limiter {

struct SemaphoreOptions {
    std::string prefix;
    std::string name;
    std::int64_t capacity = 0;
    std::int64_t weight = 1;
    base::Micros lease{0};
    std::vector<std::string> outer;  // ids by which this process tree may hold the same limiter
    std::string who;                 // host, pid, base name of CMD, separated by spaces: for status
};

// What acquire.lua answers. waits_for_itself: `outer` holds, and what it leaves will never do for this caller, which
// has left the queue. settling: this caller would not wait, but the server will know more in a moment; its place is
// kept.
struct Standing {
    enum class State { waits_for_itself = -2, barred = -1, waiting = 0, holds = 1, settling = 2 } state;
    std::int64_t place;           // in the queue, from 1; 0 for a holder
    std::int64_t waiters;         // in the queue, this caller included if it waits
    std::int64_t used;            // weight that is held
    std::int64_t other_capacity;  // that another caller asks for; 0: none
    base::Micros settling;        // until the server has settled after it was away
    base::Micros first_end;       // for the first in the queue: until the first lease ends; 0: not known
};

// What a caller knows of itself since its last answer: it was cut off (redis::Session::away()), or its connection stood
// and it asks later than it should, because it or the server was stopped. unknown: it has had none, and a server that
// has just started may have lost what others count on.
enum class Absence { none = 0, away = 1, late = 2, unknown = 3 };

enum class Renewal { barred = -1, gone = 0, renewed = 1 };

enum class Release { barred = -1, unknown = 0, released = 1 };  // barred: it had been given up before

struct Freed {
    bool barred;         // it had been given up before
    std::int64_t found;  // 1: it was freed; of several none was
};

class Semaphore {
public:
    explicit Semaphore(SemaphoreOptions options);

    // Somebody who is not the caller, but knows the id of its slot: may renew and release it. A lease of 0 in the
    // options is the one that the caller asked for.
    Semaphore(SemaphoreOptions options, std::string id);

    // Asks for a slot with this caller's id, and with ticket and fence once it has them. `wait`: join the queue.
    // `hold`: what is left of the min-hold.
    [[nodiscard]] redis::Request acquire(bool wait, base::Micros hold, Absence absence) const;
    Standing acquired(const redis::Reply& reply);

    // Blocks on the server until this caller may have been woken, `slice` at most.
    [[nodiscard]] redis::Request wait_for_wake(base::Micros slice) const;

    [[nodiscard]] redis::Request renew(Absence absence) const;
    static Renewal renewed(const redis::Reply& reply);

    // Gives up slot or place for good; with `hold` the slot stays taken that long.
    [[nodiscard]] redis::Request release(base::Micros hold) const;
    static Release released(const redis::Reply& reply);

    // Gives up, for whoever it is, the one slot or place in the queue whose id begins so; the id stays barred for
    // `bar`.
    [[nodiscard]] redis::Request free(const std::string& beginning, base::Micros bar) const;
    static Freed freed(const redis::Reply& reply);

    [[nodiscard]] const SemaphoreOptions& options() const { return m_options; }
    [[nodiscard]] const std::string& id() const { return m_id; }
    [[nodiscard]] std::int64_t fence() const { return m_fence; }

    // For messages: sem 'api'.
    [[nodiscard]] std::string subject() const;

private:
    SemaphoreOptions m_options;
    std::string m_id;
    std::vector<std::string> m_keys;
    std::int64_t m_ticket = 0;
    std::int64_t m_fence = 0;
};

}  // namespace limiter
