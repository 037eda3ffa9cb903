// The private server of this user, for those who name no Redis: on a Unix socket, no TCP port, no persistence.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "redis/url.hpp"

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace redis {

// /run/limiters for root, else /tmp/limiters-UID, whatever the environment says: cron and sudo must find the same one.
Server local_server();

// To be called before anyone connects there: makes the folder, so that nobody else does. Throws Error (os_error) if it
// is not a folder of this user alone.
void secure_local_folder();

// Whether a server listens there now. Makes nothing, and throws the same.
bool local_server_runs();

// Without asking it: of one that hangs, too. 0 if it cannot be told.
pid_t local_server_pid();

// From here on, and for a while, a server that is started there counts as one that took the place of another.
void mark_local_server_replaced();

// Whether the server that runs there took the place of one that had died, so lately that holders may not be back yet.
bool local_server_replaced();

// How to start a program that outlives this one: its path, its argv, its current folder, and what returns when it is
// up. A program that does not come up must not stay: it could come up beside the one of the next caller.
using StartDaemon = std::function<void(const std::string& path, const std::vector<std::string>& argv,
                                       const std::string& folder, const std::function<void()>& wait_until_up)>;

struct LocalStart {
    bool started;   // false: another process had it running by the time we looked again
    bool replaced;  // local_server_replaced()
};

// No server was there and none could be started: there is no program for it, or it does not come up.
class NoLocalServer : public base::Error {
public:
    explicit NoLocalServer(const std::string& text) : Error(base::ExitCode::unavailable, "{}", text) {}
};

// While the result lives, no caller starts the server. Throws as start_local_server() does.
base::Fd lock_local_server(base::Deadline deadline);

// Starts the server unless it answers by now; of many callers at once exactly one does. Returns when it can be
// connected to. Throws NoLocalServer if there is no server binary, naming the package, or if the deadline passes;
// Error (os_error) for a folder that is not safe or cannot be made.
LocalStart start_local_server(const StartDaemon& start_daemon, base::Deadline deadline);

}  // namespace redis
