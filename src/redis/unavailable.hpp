// The server cannot serve now: unreachable, silent, loading, read-only, out of memory. Whoever waits decides how long
// to try again; it becomes an Error (69) only there.
#pragma once

#include "base/error.hpp"

#include <stdexcept>
#include <string>

namespace redis {

class Unavailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// A node will not do, however long one waits: no Redis, a bad certificate, a wrong password. `what()` says it without
// naming limiter and server; Session makes it an Error that does.
class Rejected : public std::runtime_error {
public:
    Rejected(base::ExitCode code, const std::string& text) : std::runtime_error(text), m_code(code) {}

    [[nodiscard]] base::ExitCode code() const { return m_code; }

private:
    base::ExitCode m_code;
};

// No Redis is named, no local server was there, and none could be started.
class NoLocalServer : public base::Error {
public:
    explicit NoLocalServer(const std::string& text) : Error(base::ExitCode::unavailable, "{}", text) {}
};

}  // namespace redis
