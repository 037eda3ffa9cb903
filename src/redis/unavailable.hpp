// The ways in which a server does not serve. Unavailable: the server cannot serve now, because it is away, silent,
// loading, read-only or out of memory. Whoever waits for it decides how long to try again, and only there Unavailable
// becomes an Error (69).
#pragma once

#include "base/error.hpp"

#include <string>

namespace redis {

class Unavailable : public base::Setback {
public:
    explicit Unavailable(const std::string& why) : Unavailable(why, false) {}

    // The server was reached, and said itself that it cannot serve.
    [[nodiscard]] bool answered() const { return m_answered; }

    // The server has done what it was asked for, but too few of its replicas have it.
    [[nodiscard]] bool done() const { return m_done; }

protected:
    Unavailable(const std::string& why, bool answered, bool done = false)
        : Setback(why), m_answered(answered), m_done(done)
    {
    }

private:
    bool m_answered;
    bool m_done;
};

// `why` is a sentence about the server: "it is loading its data".
class CannotServe : public Unavailable {
public:
    explicit CannotServe(const std::string& why) : Unavailable(why, true) {}
};

class TooFewReplicas : public Unavailable {
public:
    explicit TooFewReplicas(const std::string& why) : Unavailable(why, true, true) {}
};

// For a message: that the server of this name answered that it cannot serve; or, of one that did not, `silent`, such as
// "cannot reach redis://host".
std::string trouble(const Unavailable& why, const std::string& server, const std::string& silent);

// A node will not do, however long one waits: no Redis, a bad certificate, a wrong password. `what()` says it without
// naming limiter and server; Session makes it an Error that does.
class Rejected : public base::Setback {
public:
    Rejected(base::ExitCode code, const std::string& text) : Setback(text), m_code(code) {}

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
