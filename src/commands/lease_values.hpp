// Leases by their names: in the environment, and as words of the command line.
#pragma once

#include "commands/settings.hpp"
#include "run/lease.hpp"

#include <string>
#include <vector>

namespace commands {

// The leases that the processes around this one hold, outermost first: LIMITERS_OUTER and LIMITERS_LEASE.
std::vector<std::string> outer_leases();

// The ids of the leases of this name. They matter only to a wait without end. Which of them hold the same limiter its
// server knows, because one server goes by many addresses.
std::vector<std::string> outer_ids(const std::string& name);

// The lease of this name, for renew (with this expiry; 0: as acquired) and release, which count once so many replicas
// have them. Throws Error (usage) for a text that is no lease, or one of another server or key prefix.
run::NamedLease lease_value(const std::string& text, base::Micros expiry, std::size_t replicas,
                            const Settings& settings);

}  // namespace commands
