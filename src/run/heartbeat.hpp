// Keeps one lease alive while CMD runs, without ever blocking: whoever supervises CMD (supervise), or waits for the end
// of another process (Keeper), polls interest(), and calls advance() when it is ready or next() has passed.
//
// A lease that is gone is not lost yet: the server no longer knows it, and is asked for it again by its old ticket,
// which stands before every waiter's.
//
//     held ◀── granted ── gone ── the lease has ended by this host's clock ──▶ last try
//      │                  ▲ ▲                                                   │  │
//      └ no longer known ─┘ └──────────── no answer, or a rule of recovery ─────┘  │
//                                                                                  ▼
//      from any: given up elsewhere ─────────────────────────────────────────────▶ lost
//
// A last try that is granted leads back to held. A server that cannot be reached loses nothing by itself: what that
// means for CMD is a policy (SupervisePolicy).
#pragma once

#include "base/clock.hpp"
#include "limiter/semaphore.hpp"
#include "redis/session.hpp"
#include "run/exchange.hpp"

#include <string>

namespace run {

class Heartbeat {
public:
    // The lease has just been granted, by an answer to a question that was sent at `sent` (µs on CLOCK_BOOTTIME).
    // `redis_timeout` bounds each question, and so does the lease. `min_hold`: until when the slot is to stay taken,
    // whatever becomes of CMD. Semaphore and session stay the caller's, and live longer.
    Heartbeat(limiter::Semaphore& semaphore, redis::Session& session, base::Micros redis_timeout, base::Micros sent,
              base::Deadline min_hold);

    [[nodiscard]] pollfd interest() const { return m_exchange.interest(); }
    [[nodiscard]] base::Deadline next() const;

    // Throws nothing that the server is the reason of: that is trouble().
    void advance();

    // CMD has ended: what follows can go over the same connection once the answer that is under way is here. Waits for
    // that answer in vain at most until the deadline, and not past a signal.
    void hear_out(const Interrupts& interrupts, base::Deadline deadline);

    // How long until the lease ends, by this host's clock that runs during suspend, from the sending of the last good
    // renewal, because the server counts from when that arrived. Negative: the lease has ended.
    [[nodiscard]] base::Micros left() const;

    // Why the server cannot be reached; empty while all is well.
    [[nodiscard]] const std::string& trouble() const { return m_trouble; }

    // The lease is no longer held, for good. Nothing more is sent.
    [[nodiscard]] bool lost() const { return m_state == State::lost; }

    // The lease was lost because a newer caller has sent this one away.
    [[nodiscard]] bool superseded() const { return m_superseded; }

private:
    enum class State { held, gone, last_try, lost };

    void ask();
    Attempt question();
    void answered(const redis::Reply& reply);
    void reclaimed(const limiter::Standing& standing);
    void held();
    [[nodiscard]] base::Deadline next_beat() const;
    void failed(const std::string& why);

    limiter::Semaphore& m_semaphore;
    redis::Session& m_session;
    base::Micros m_lease;
    base::Micros m_beat;
    base::Micros m_timeout;
    base::Deadline m_min_hold;
    base::Micros m_sent;        // CLOCK_BOOTTIME, of the question that is under way
    base::Micros m_lease_from;  // CLOCK_BOOTTIME, of the last question that was granted
    base::Deadline m_next;      // when to ask, while no answer is waited for
    Exchange m_exchange;
    State m_state = State::held;
    bool m_superseded = false;
    std::string m_trouble;
};

}  // namespace run
