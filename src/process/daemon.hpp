// Starting a process that outlives this one.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace process {

// argv[0] is the name the program sees; `path` is what is executed, with `folder` as its current folder.
// Double-forked into a session of its own, stdio on /dev/null, no descriptor of ours, default signals, empty mask.
// Returns when `wait_until_up` has; if that throws, or this process dies before, the program is killed with its group.
// Throws Error (os_error) if it could not be executed.
void start_daemon(const std::string& path, const std::vector<std::string>& argv, const std::string& folder,
                  const std::function<void()>& wait_until_up);

}  // namespace process
