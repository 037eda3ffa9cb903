// Renews and releases a lease for somebody who does not hold it, but knows its name.
#pragma once

#include "base/clock.hpp"
#include "limiter/semaphore.hpp"
#include "redis/session.hpp"
#include "run/await.hpp"

#include <string>

namespace run {

// A lease by its name. `kept`: how long it is, if a keeper renews it; 0: nobody does.
struct NamedLease {
    limiter::Semaphore semaphore;
    base::Micros kept{0};
};

// `timeout` (µs) bounds each question. All of these throw Error: `lost` if the lease is no longer held; free_holder()
// `usage` if several ids begin so. renew_lease() also waits for a keeper that asks for its lease back, or has not done
// so yet, for as long as that can take one.
void renew_lease(const NamedLease& lease, redis::Session& session, const process::Signals& signals,
                 base::Micros timeout);
void release_lease(const NamedLease& lease, redis::Session& session, const process::Signals& signals,
                   base::Micros timeout);
void free_holder(const limiter::Semaphore& semaphore, const std::string& beginning, redis::Session& session,
                 const process::Signals& signals, base::Micros timeout);

}  // namespace run
