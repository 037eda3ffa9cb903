// What is done to a lease by somebody who does not hold it: limiters sem renew, limiters sem release.
#pragma once

#include "base/clock.hpp"
#include "limiter/semaphore.hpp"
#include "redis/session.hpp"
#include "run/await.hpp"

#include <string>

namespace run {

// One attempt for `timeout` each. All throw Error: `lost` if the lease is no longer held; free_holder() `usage` if
// several ids begin so.
void renew_lease(const limiter::Semaphore& lease, redis::Session& session, const process::Signals& signals,
                 base::Micros timeout);
void release_lease(const limiter::Semaphore& lease, redis::Session& session, const process::Signals& signals,
                   base::Micros timeout);
void free_holder(const limiter::Semaphore& semaphore, const std::string& beginning, redis::Session& session,
                 const process::Signals& signals, base::Micros timeout);

}  // namespace run
