// Every process that CMD has started, as far as /proc shows: for a stop, which must reach them all.
#pragma once

#include <sys/types.h>

#include <set>
#include <vector>

namespace process {

// Makes orphaned descendants children of this process (prctl(2), PR_SET_CHILD_SUBREAPER), so that a walk finds what
// CMD has detached. Returns the processes that were below this one before CMD (of a shell that became limiters by
// exec): they are the caller's own and no stop touches them.
std::set<pid_t> adopt_descendants();

// All processes below this one, in no order, without `others` and what is below those. Reaps nothing.
std::vector<pid_t> descendants(const std::set<pid_t>& others);

}  // namespace process
