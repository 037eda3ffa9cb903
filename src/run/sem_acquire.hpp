// limiters sem acquire: wait for a slot, and leave it held under a lease whose id goes to stdout.
#pragma once

#include "limiter/semaphore.hpp"
#include "redis/session.hpp"
#include "run/wait_for_slot.hpp"

namespace run {

struct SemAcquire {
    limiter::SemaphoreOptions semaphore;
    WaitOptions wait;
};

// With a process to watch, a keeper holds the lease while that lives; else it lasts until its expiry. Throws Error;
// no slot is held then.
void sem_acquire(const SemAcquire& options, redis::Session& session, const Interrupts& interrupts);

}  // namespace run
