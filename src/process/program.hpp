// An ordinary program of the system, run to its end for what it says.
#pragma once

#include "base/clock.hpp"

#include <string>
#include <utility>
#include <vector>

namespace process {

struct Answer {
    bool good;         // the program ended by itself, with exit code 0
    std::string text;  // of its stdout and stderr, 4096 bytes at most; or why it did not run to its end
};

// Runs the program: `argv[0]` is searched for in PATH, and the variables come on top of this process's environment. It
// reads /dev/null, has no descriptor of ours and default signals. What still runs when the deadline passes is killed.
Answer run_program(const std::vector<std::string>& argv,
                   const std::vector<std::pair<std::string, std::string>>& variables, base::Deadline deadline);

}  // namespace process
