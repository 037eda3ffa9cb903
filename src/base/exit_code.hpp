// The exit codes of limiters: sysexits(3) where it has a fitting word. A value that is none of these is the code that
// CMD ended with, or that -E chose for a conflict.
#pragma once

#include <array>

namespace base {

enum class ExitCode : int {
    ok = 0,
    usage = 64,
    unavailable = 69,
    internal = 70,
    os_error = 71,
    conflict = 75,
    refused = 77,
    config = 78,
    lost = 79,
    not_executable = 126,
    not_found = 127,
};

// As exit(3) takes it, and as it is shown.
constexpr int number_of(ExitCode code)
{
    return static_cast<int>(code);
}

struct ExitCodeMeaning {
    ExitCode code;
    const char* meaning;
};

// Shown by --help; the manual repeats it word for word.
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

}  // namespace base
