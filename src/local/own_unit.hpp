// A unit of systemd for the private server alone.
#pragma once

#include "base/clock.hpp"
#include "local/unit.hpp"

#include <string>

namespace local {

// Has the manager of the system (for root) or of this user run `limiters server start` in a transient unit, outside of
// `unit`, so that lock, mark and care are those of any other start. Returns the unit's name once that has ended well.
// Throws redis::NoLocalServer that says why it could not.
std::string start_in_own_unit(const Unit& unit, base::Deadline deadline);

// Whether the manager of this user, and what it started, goes on after the last logout.
bool lingers(base::Deadline deadline);

}  // namespace local
