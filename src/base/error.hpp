// What ends limiters itself: an exit code and one line for the user. Thrown anywhere, printed once, in main.
//
// Throw it for what the user must know and nobody below main can mend. A server that is only away for now is
// redis::Unavailable instead: the caller decides how long that may last.
#pragma once

#include "base/exit_code.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace base {

class Error : public std::runtime_error {
public:
    template <typename... Args>
    Error(ExitCode code, fmt::format_string<Args...> format, Args&&... args)
        : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)), m_code(static_cast<int>(code))
    {
    }

    // -E chooses the code of a conflict.
    Error(int code, const std::string& text) : std::runtime_error(text), m_code(code) {}

    [[nodiscard]] int code() const { return m_code; }

private:
    int m_code;
};

// A failed system call that should not fail: exit 71. Reads errno.
inline Error os_error(const char* call)
{
    const int saved = errno;
    return Error(ExitCode::os_error, "{}: {}", call, std::strerror(saved));
}

}  // namespace base
