// Leases by their names: in LIMITERS_LEASE, and as words of the command line.
#pragma once

#include "cli/settings.hpp"
#include "limiter/semaphore.hpp"

#include <string>

namespace cli {

// The id of the slot by which this process tree holds the same limiter; empty if none is known. It matters only to a
// wait without end.
std::string outer_id(const limiter::SemaphoreOptions& semaphore, const Settings& settings);

// The lease of this name, for renew (with this expiry; 0: as acquired) and release. Throws Error (usage) for a text
// that is no lease, or one of another server or key prefix.
limiter::Semaphore lease_value(const std::string& text, base::Micros expiry, const Settings& settings);

}  // namespace cli
