// Gives back what was asked for: the slot, or the place in the queue.
#pragma once

#include "base/clock.hpp"
#include "limiter/semaphore.hpp"
#include "redis/session.hpp"
#include "run/await.hpp"

#include <functional>

namespace run {

// Tries for `time` (µs) to give the slot back, and throws nothing, because CMD's exit code counts more: what cannot be
// given back ends with its lease, and `tell` says whether the user is warned of that. With `min_hold` above zero the
// slot stays taken for so long (µs).
void give_back(const limiter::Semaphore& semaphore, redis::Session& session, const process::Signals& signals,
               base::Micros min_hold, base::Micros time, bool tell);

// Calls `take`, which asks for a slot, and may go on to what the slot is for. Whatever that throws, nothing is left on
// the server: a signal ends this process then, the end of the watched process is an Error (usage), and an Error goes
// on.
void or_give_back(const limiter::Semaphore& semaphore, redis::Session& session, const Interrupts& interrupts,
                  const std::function<void()>& take);

}  // namespace run
