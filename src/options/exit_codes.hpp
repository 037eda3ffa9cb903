// What the exit codes of limiters mean, in words for its users.
#pragma once

#include "base/exit_code.hpp"

#include <array>

namespace options {

using base::ExitCode;

struct ExitCodeMeaning {
    ExitCode code;
    const char* meaning;
};

// --help and the manual show these words (the manual by tests/docs/update_manual.py).
inline constexpr std::array<ExitCodeMeaning, 10> k_exit_codes{{
    {ExitCode::usage, "usage error (also: weight or tokens above the capacity)"},
    {ExitCode::unavailable, "Redis cannot be reached (server status: it does not run)"},
    {ExitCode::internal, "Redis answered something that makes no sense here (doctor: limits would not hold), or a bug"},
    {ExitCode::os_error, "an operating-system call failed"},
    {ExitCode::conflict, "--max-sleep exceeded (-E sets another code; server stop: slots are held)"},
    {ExitCode::refused, "Redis refused: wrong password, or a right is missing"},
    {ExitCode::config, "configuration error (a file or a LIMITERS_ variable)"},
    {ExitCode::lost, "the lease is no longer held (CMD was stopped)"},
    {ExitCode::not_executable, "CMD was found but is not executable"},
    {ExitCode::not_found, "CMD was not found"},
}};

}  // namespace options
