// Keeps one lease alive while CMD runs, without ever blocking: whoever supervises CMD polls interest(), and calls
// advance() when it is ready or next() has passed.
//
// Gone is not lost: a lease that the server no longer knows is asked for again with its old ticket, which stands before
// every waiter's. It is lost when that was not granted by its own deadline, or when it was given up for good
// elsewhere. A server that cannot be reached loses nothing by itself: see --on-outage.
#pragma once

#include "base/clock.hpp"
#include "limiter/semaphore.hpp"
#include "redis/session.hpp"
#include "run/await.hpp"

#include <string>

namespace run {

class Heartbeat {
public:
    // The lease has just been granted, by an answer to a question that was sent at `sent` (CLOCK_BOOTTIME).
    Heartbeat(limiter::Semaphore& semaphore, redis::Session& session, base::Micros redis_timeout, base::Micros sent,
              base::Deadline min_hold);

    [[nodiscard]] pollfd interest() const { return m_session.interest(); }
    [[nodiscard]] base::Deadline next() const;

    void advance();

    // CMD has ended: what follows can go over the same connection once the answer that is under way is here. Waits for
    // it in vain at most until then, and not past a signal.
    void hear_out(const Interrupts& interrupts, base::Deadline deadline);

    // Until the lease ends, by this host's clock that runs during suspend, from the sending of the last good renewal.
    // Negative: it has ended.
    [[nodiscard]] base::Micros left() const;

    // Why the server cannot be reached; empty while all is well.
    [[nodiscard]] const std::string& trouble() const { return m_trouble; }

    // The lease is no longer held, for good. Nothing more is sent.
    [[nodiscard]] bool lost() const { return m_lost; }

private:
    void ask();
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
    base::Deadline m_next;
    base::Deadline m_answer_by = base::Deadline::never();
    Backoff m_backoff;
    std::string m_trouble;
    bool m_gone = false;  // the server no longer knows the lease: it is asked for again
    bool m_last = false;  // the next question is the last one: not granted is lost
    bool m_lost = false;
};

}  // namespace run
