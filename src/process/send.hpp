// kill(2) for a process that is not our child.
#pragma once

#include <sys/types.h>

namespace process {

// Sends the signal; false if this user may not. A process that has gone counts as reached.
bool send_signal(pid_t pid, int signal);

}  // namespace process
