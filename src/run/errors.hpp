// The errors of a run that never starts CMD. Each is a class, because the commands layer acts on it before main does.
#pragma once

#include "base/advice.hpp"
#include "base/error.hpp"
#include "redis/unavailable.hpp"

namespace run {

// The advice about a server that cannot serve; `silent`, if the server did not even answer.
inline std::string_view advice(const redis::Unavailable& why, std::string_view silent)
{
    return why.answered() ? base::advice(base::Advice::see_what_is_wrong) : silent;
}

// Redis was never reached, or could not serve: a policy decides whether CMD runs without a limit.
class Unreachable : public base::Error {
public:
    Unreachable(const std::string& subject, const std::string& server, const redis::Unavailable& why)
        : Error(base::ExitCode::unavailable, "{}: {}; {}", subject,
                redis::trouble(why, server, "cannot reach " + server),
                advice(why, base::advice(base::Advice::name_another_server)))
    {
    }

    Unreachable(const std::string& subject, const redis::NoLocalServer& why)
        : Error(base::ExitCode::unavailable, "{}: {}", subject, why.what())
    {
    }
};

// The longest wait is over; nothing of this caller is left on the server.
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
