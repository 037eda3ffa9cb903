// The session with the server that the settings name, or with the local one.
#pragma once

#include "commands/settings.hpp"
#include "redis/session.hpp"

#include <optional>

namespace commands {

// Starts the local server unless it runs, with a notice. The result is that of local::replaced().
bool start_local_server(base::Micros timeout);

redis::Session open_session(const Settings& settings);

// Opens a session for a command that only looks at what is there; nothing, if the local server is meant and does not
// run.
std::optional<redis::Session> open_existing_session(const Settings& settings);

}  // namespace commands
