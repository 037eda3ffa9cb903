#include "cli/session.hpp"

#include "base/message.hpp"
#include "local/server.hpp"

namespace cli {

namespace {

// How long to wait for one of several nodes before the next is tried.
base::Micros patience(const Settings& settings)
{
    return settings.redis_timeout / (static_cast<std::int64_t>(settings.server->nodes.size()) + 1);
}

}  // namespace

bool start_local_server(base::Micros timeout)
{
    const local::Start start = local::start(base::Deadline::after(timeout));
    if (start.started)
        base::message::notice(
            fmt::format("started a private server at {}: limits hold for this user on this host only; "
                        "name a Redis with --redis to share them",
                        local::address().display()));
    return start.replaced;
}

redis::Session open_session(const Settings& settings)
{
    const base::Micros timeout = settings.redis_timeout;
    if (settings.server)
        return {*settings.server, patience(settings)};
    local::secure_folder();
    return {local::address(), timeout,
            [timeout](bool listens) { return listens ? local::replaced() : start_local_server(timeout); }};
}

std::optional<redis::Session> open_existing_session(const Settings& settings)
{
    if (settings.server)
        return open_session(settings);
    if (local::runs())
        return redis::Session(local::address(), settings.redis_timeout);
    base::message::detail("no Redis is named, and no local server runs: there are no limiters");
    return std::nullopt;
}

}  // namespace cli
