// Goes on with our own code in a process that outlives this one (the keeper); daemon.hpp does so for another program.
#pragma once

#include "base/fd.hpp"

#include <functional>
#include <vector>

namespace process {

// Forks twice and calls `body` there: in a session of its own, in /, with stdio on /dev/null, signals blocked as here
// but none ignored, and no descriptor but `keep` and its end of a socket pair. What a script and its callers have open
// (pipes, locks) must not stay open for as long as that lives. When `body` returns or throws, the process ends.
//
// Returns the other end, non-blocking: end of file there tells that the process has ended, and the other way round.
// Throws Error (os_error). Signals must be blocked (Signals).
base::Fd detach(const std::vector<int>& keep, const std::function<void(base::Fd channel)>& body);

}  // namespace process
