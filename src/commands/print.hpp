// Prints what was asked for on stdout.
#pragma once

#include "base/error.hpp"
#include "process/signals.hpp"
#include "process/standard_fds.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>

namespace commands {

// Throws Error (os_error) if nobody gets it; a pipe that nobody reads any more ends this process as it ends others.
inline void print(const std::string& text)
{
    if (process::was_closed(STDOUT_FILENO))
        throw base::Error(base::ExitCode::os_error, "write standard output: it is closed");
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
        if (errno == EPIPE && !process::is_ignored(SIGPIPE))
            process::die_of(SIGPIPE);  // the signal may be blocked
        throw base::os_error("write standard output");
    }
}

}  // namespace commands
