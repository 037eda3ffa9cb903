// Which servers doctor asks: the one of the URL, each of several hosts, all masters of a cluster, the sentinels and the
// master they name.
#pragma once

#include "commands/doctor/report.hpp"

namespace commands {

// Asks all of them, and adds what that finds to the report. `replicas`: so many must have a lease before it counts.
void examine(const Settings& settings, std::size_t replicas, DoctorReport& report);

}  // namespace commands
