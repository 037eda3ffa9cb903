// One caller of one semaphore: what it asks, and what the scripts answer. A Semaphore sends nothing itself: its Request
// goes out through run::Exchange, and the Reply comes back here. All time spans are in µs. Every function that reads a
// Reply throws Error (internal) if that is not what the script promises.
#pragma once

#include "base/clock.hpp"
#include "limiter/agreed.hpp"
#include "limiter/orders.hpp"
#include "limiter/who.hpp"
#include "redis/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace limiter {

// A newcomer may send away those who wait, or also those who hold.
enum class Supersede { nobody = 0, waiters = 1, running = 2 };

// What a caller asks for besides a slot (lua/semaphore/common_policies.lua).
struct Policies {
    std::optional<std::int64_t> most_waiters;  // it joins only a queue of fewer
    base::Micros head_start{0};                // it stands in the queue as one that came so long before
    Supersede supersede = Supersede::nobody;
    std::vector<std::string> slots;  // their names; none: they have none
};

struct SemaphoreOptions {
    std::string prefix;
    std::string name;
    std::int64_t capacity = 0;
    std::int64_t weight = 1;
    base::Micros lease{0};
    std::vector<std::string> outer;  // ids by which this process tree may hold the same limiter
    Who who;                         // for status, and for those who wait
    Policies policies;
    std::size_t replicas = 0;  // so many must have a grant, a renewal or a release before it counts
};

// What keeps a caller out although there may be a slot: a rule of recovery (lua/semaphore/common_away.lua), or a pause.
enum class Recovery {
    none = 0,
    another_life = agreed::k_another_life,
    young = agreed::k_young,
    spared = agreed::k_spared,
    paused = agreed::k_paused
};

// A holder, as it calls itself, and for how long it has held its slot.
struct NamedHolder {
    Who who;
    base::Micros held;
};

// What acquire.lua answers. waits_for_itself: a process around this caller holds (`outer`), what that leaves will never
// do for this caller, and the caller has left the queue. not_yet: this caller would not wait, but a rule of recovery is
// in the way for a moment only, and the caller's place is kept. superseded: a newer caller (`longest`) has sent it
// away. too_many_wait, other_kind (others use the limiter with named slots, and this one without, or the other way
// round): it has not joined.
struct Standing {
    enum class State {
        other_kind = -5,
        too_many_wait = -4,
        superseded = -3,
        waits_for_itself = -2,
        barred = -1,
        waiting = 0,
        holds = 1,
        not_yet = 2
    } state;
    std::int64_t place = 0;           // in the queue, from 1; 0 for a holder
    std::int64_t waiters = 0;         // in the queue, this caller included if it waits
    std::int64_t used = 0;            // weight that is held
    std::int64_t other_capacity = 0;  // that another caller asks for; 0: none
    Recovery recovery = Recovery::none;
    base::Micros recovers{0};  // for how long that is in the way
    base::Micros until{0};     // for the first in the queue: something ends then that it waits for; 0: not known
    base::Micros span{0};      // ask again after this, if it is not woken before
    std::optional<NamedHolder> longest;  // of those who hold, if the question asked to be told
    base::Micros about{0};               // the same: an estimate of the wait; 0: none
    Orders orders;                       // of an operator, that stand; none for a holder
};

// A question for a slot, of a caller that has its id, ticket and fence already or gets them by it.
struct Question {
    bool wait = true;          // join the queue
    base::Micros min_hold{0};  // what is left of it
    bool alone = false;        // the server was started for this caller and took nobody's place
    bool may_be_late = false;  // an earlier question was given up, and the server may still get to it
    bool tell = false;         // if there is no slot: who holds, and how long the wait may last
};

// may_return: the lease is gone, but its keeper asks for it back, or the data are so new that it will.
enum class Renewal { superseded = -2, barred = -1, gone = 0, renewed = 1, may_return = 2 };

// barred: it had been given up before. not_in_this_life: it is not known to this life of the server's data, and barred
// now, so that its keeper is told when it asks for it back.
enum class Release { barred = -1, unknown = 0, released = 1, not_in_this_life = 2 };

// The time in which a keeper that lives has asked for its lease back after the server has come back, whatever became of
// its connection: until its next beat, until it notices that nobody answers, and for its attempts after that.
base::Micros time_to_return(base::Micros lease);

// A holder renews every third of its lease, and at least every minute (lua/semaphore/common_away.lua).
base::Micros beat(base::Micros lease);

// How long a holder waits for the answer: a sixth of the lease, so that two more attempts fit in, and 5 s at most
// (the same file).
base::Micros notice(base::Micros lease);

class Semaphore {
public:
    explicit Semaphore(SemaphoreOptions options);

    // For somebody who is not the caller, but knows the id of its slot, and its ticket or 0, and may renew and release
    // the slot. A lease of 0 in the options is the one that the caller asked for.
    Semaphore(SemaphoreOptions options, std::string id, std::int64_t ticket = 0);

    // Asks for a slot with this caller's id, and with ticket and fence once it has them, which acquired() remembers.
    // Repeating the question changes nothing more.
    [[nodiscard]] redis::Request acquire(const Question& question) const;
    Standing acquired(const redis::Reply& reply);

    // The grant came too late to be one: the next question must not ask for the lease back, before all who wait.
    void forget_grant() { m_fence = 0; }

    // Blocks on the server until this caller may have been woken, `slice` at most.
    [[nodiscard]] redis::Request wait_for_wake(base::Micros slice) const;

    // Makes the lease last for its full length again. A lease that the server does not know is not made anew.
    [[nodiscard]] redis::Request renew() const;
    static Renewal renewed(const redis::Reply& reply);

    // Gives up slot or place for good; with `min_hold` the slot stays taken that long. `may_be_late`: see Question.
    [[nodiscard]] redis::Request release(base::Micros min_hold, bool may_be_late) const;
    static Release released(const redis::Reply& reply);

    [[nodiscard]] const SemaphoreOptions& options() const { return m_options; }
    [[nodiscard]] const std::string& id() const { return m_id; }
    [[nodiscard]] std::int64_t ticket() const { return m_ticket; }
    [[nodiscard]] std::int64_t fence() const { return m_fence; }

    // The names of the slots that it has, with commas; empty if slots have none.
    [[nodiscard]] const std::string& slots() const { return m_slots; }

    // The limiter in a message: sem 'api'.
    [[nodiscard]] std::string subject() const;

private:
    [[nodiscard]] std::string policies() const;
    [[nodiscard]] redis::Request copied(redis::Request request, std::optional<std::int64_t> promise) const;

    SemaphoreOptions m_options;
    std::string m_id;
    std::vector<std::string> m_keys;
    std::int64_t m_ticket = 0;
    std::int64_t m_fence = 0;
    base::Micros m_longest{0};  // the longest lease that it was told of
    std::string m_slots;
};

}  // namespace limiter
