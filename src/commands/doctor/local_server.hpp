// What doctor says of the private local server, besides what it says of any.
#pragma once

#include "commands/doctor/report.hpp"

#include <vector>

namespace commands {

// Tells who shares the limits of the local server, even if that cannot be started.
Finding who_shares_local_server(const DoctorReport& report);

// Tells which unit of systemd the local server runs in, and ends with: nothing if it is in none, or in one that leaves
// it alone.
std::vector<Finding> home_of_local_server(const DoctorReport& report, base::Micros timeout);

}  // namespace commands
