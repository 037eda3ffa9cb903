// How a run that never starts CMD ends.
#pragma once

#include "base/error.hpp"
#include "redis/unavailable.hpp"

namespace run {

// What to do about it; `silent`, if the server did not answer.
inline const char* advice(const redis::Unavailable& why, const char* silent)
{
    return why.answered() ? "try again later, or see 'limiters doctor'" : silent;
}

// Redis was never reached, or could not serve: --on-unavailable decides what becomes of CMD.
class Unreachable : public base::Error {
public:
    Unreachable(const std::string& subject, const std::string& server, const redis::Unavailable& why)
        : Error(base::ExitCode::unavailable, "{}: {}; {}", subject,
                redis::trouble(why, server, "cannot reach " + server), advice(why, "see --redis"))
    {
    }

    Unreachable(const std::string& subject, const redis::NoLocalServer& why)
        : Error(base::ExitCode::unavailable, "{}: {}", subject, why.what())
    {
    }
};

// --max-sleep is over; nothing of this caller is left on the server.
class Conflict : public base::Error {
public:
    using Error::Error;
};

// The bucket promises no more than ten years ahead.
class TooFar : public base::Error {
public:
    TooFar(const std::string& subject, const std::string& server)
        : Error(base::ExitCode::usage,
                "{} on {}: the wait, or the time to fill the bucket, is above ten years; check rate and capacity",
                subject, server)
    {
    }
};

}  // namespace run
