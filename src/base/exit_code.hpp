// The exit codes of limiters: sysexits(3) where it has a fitting word. A value that is none of these is the code that
// CMD ended with, or that -E chose for a conflict.
#pragma once

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

}  // namespace base
