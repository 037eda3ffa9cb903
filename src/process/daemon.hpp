// Starting a process that outlives this one.
#pragma once

#include <string>
#include <vector>

namespace process {

// argv[0] is the name the program sees; `path` is what is executed, with `folder` as its current folder.
// Double-forked into a session of its own, stdio on /dev/null, no descriptor of ours, default signals, empty mask.
// Returns when the program has been executed; throws Error (os_error) if it could not be.
void start_daemon(const std::string& path, const std::vector<std::string>& argv, const std::string& folder);

}  // namespace process
