// What doctor says of the private local server, besides what it says of any.
#pragma once

#include "commands/doctor/report.hpp"

#include <vector>

namespace commands {

// Who shares its limits; said even if it cannot be started.
Finding who_shares_local_server(const DoctorReport& report);

// Which unit of systemd it runs in, and ends with. Nothing if it is in none, or in one that leaves it alone.
std::vector<Finding> home_of_local_server(const DoctorReport& report, base::Micros timeout);

}  // namespace commands
