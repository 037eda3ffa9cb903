// Which servers doctor asks: the one of the URL, each of several hosts, all masters of a cluster, the sentinels and the
// master they name.
#pragma once

#include "cli/doctor_report.hpp"

namespace cli {

// Asks them all, and adds what it finds to the report.
void examine(const Settings& settings, DoctorReport& report);

}  // namespace cli
