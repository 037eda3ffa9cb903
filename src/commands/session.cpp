#include "commands/session.hpp"

#include "base/message.hpp"
#include "local/own_unit.hpp"
#include "local/server.hpp"
#include "process/memory.hpp"

#include <unistd.h>

namespace commands {

namespace {

// How long to wait for one of several nodes before the next is tried.
base::Micros patience(const Settings& settings)
{
    return settings.redis_timeout / (static_cast<std::int64_t>(settings.server->nodes.size()) + 1);
}

// The place of a server that was started in a unit of its own, which its user could not know and may have to look for.
std::string place_of(const local::Start& start, base::Micros timeout)
{
    if (start.unit.empty())
        return {};
    const bool stays = ::geteuid() == 0 || local::lingers(base::Deadline::after(timeout));
    return fmt::format(", in the unit {}{}", start.unit,
                       stays ? "" : ", which ends with your last session unless 'loginctl enable-linger' is given");
}

}  // namespace

bool start_local_server(base::Micros timeout)
{
    const local::Start start = local::start(base::Deadline::after(timeout));
    if (start.started)
        base::message::notice(
            fmt::format("started a private server at {}{}: limits hold for this user on this host "
                        "only, two users share nothing; to share them, name a Redis with --redis, or see "
                        "'One server for a host' in limiters(7)",
                        local::address().display(), place_of(start, timeout)));
    return start.replaced;
}

redis::Session open_session(const Settings& settings)
{
    const base::Micros timeout = settings.redis_timeout;
    if (settings.server && !settings.server->password.empty())
        process::hide_memory();
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

}  // namespace commands
