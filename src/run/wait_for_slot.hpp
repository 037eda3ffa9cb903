// The waiting line: from the first question to a slot that is held.
#pragma once

#include "base/clock.hpp"
#include "limiter/semaphore.hpp"
#include "redis/session.hpp"
#include "run/await.hpp"

#include <optional>

namespace run {

struct WaitOptions {
    std::optional<base::Micros> max_sleep;  // the longest wait; nothing: for ever; 0: do not wait
    base::Micros redis_timeout{0};
    base::Micros min_hold{0};
    base::ExitCode conflict_code = base::ExitCode::conflict;
};

// Returns when the semaphore is held: the time (CLOCK_BOOTTIME) at which the question was sent that began the lease.
// Throws Conflict when max_sleep is over; Unreachable if the server was never reached; Error (unavailable) when
// max_sleep is over and the server is away; Stopped, Abandoned. After all but Conflict, something of this caller may
// be left on the server: release it.
base::Micros wait_for_slot(limiter::Semaphore& semaphore, redis::Session& session, const Interrupts& interrupts,
                           const WaitOptions& options);

}  // namespace run
