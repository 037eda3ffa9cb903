// Which exception to throw when. All that limiters throws on purpose is one of these, by its family:
//
//   Error        limiters cannot do what was asked, and nobody below main can mend that: an exit code and one line for
//                the user, printed once, in main. A subclass stands where somebody below main acts on it before:
//                redis::NoLocalServer, run::Unreachable, run::Conflict, run::TooFar.
//   Setback      something did not work out this time, and the caller decides what becomes of it; it never reaches
//                main. redis::Unavailable: the server cannot serve now, try again as long as you care to.
//                redis::Rejected: this node never will; another may. redis::BadUrl: a part of a URL is wrong, and only
//                the caller knows where the URL stands.
//   Interrupted  nothing is wrong, but a wait is to end: run::Stopped by a signal, run::Abandoned by the end of the
//                process that was waited for. Whoever catches it gives back what was asked for.
//
// What comes from the standard library instead (bad_alloc) is a bug or the end of the memory: main calls it internal.
#pragma once

#include "base/exit_code.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace base {

// The root of the three families: throw one of them.
class Exception : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Error : public Exception {
public:
    template <typename... Args>
    Error(ExitCode code, fmt::format_string<Args...> format, Args&&... args)
        : Exception(fmt::format(format, std::forward<Args>(args)...)), m_code(code)
    {
    }

    [[nodiscard]] ExitCode code() const { return m_code; }

private:
    ExitCode m_code;
};

class Setback : public Exception {
    using Exception::Exception;
};

class Interrupted : public Exception {
    using Exception::Exception;
};

// The Error (exit 71) for a system call that failed and should not fail. Reads errno.
inline Error os_error(const char* call)
{
    const int saved = errno;
    return Error(ExitCode::os_error, "{}: {}", call, std::strerror(saved));
}

}  // namespace base
