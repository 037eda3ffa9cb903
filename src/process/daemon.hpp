// Starts another program that outlives this process (the private local server); detach.hpp does so for our own code.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace process {

// Starts the program at `path`, with argv[0] as the name that it sees and `folder` as its current folder: double-forked
// into a session of its own, stdio on /dev/null, no descriptor of ours, default signals, empty mask.
// Returns when `wait_until_up` has; if that throws, or this process dies before, the program is killed with its group.
// Throws Error (os_error) if it could not be executed.
void start_daemon(const std::string& path, const std::vector<std::string>& argv, const std::string& folder,
                  const std::function<void()>& wait_until_up);

}  // namespace process
