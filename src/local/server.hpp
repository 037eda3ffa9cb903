// The private server of this user, for those who name no Redis: on a Unix socket, no TCP port, no persistence.
#pragma once

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "redis/url.hpp"

#include <sys/types.h>

#include <string>

namespace local {

// /run/limiters for root, else /tmp/limiters-UID, whatever the environment says: cron and sudo must find the same one.
redis::Server address();

// To be called before anyone connects there: makes the folder, so that nobody else does. Throws Error (os_error) if it
// is not a folder of this user alone.
void secure_folder();

// Whether a server listens there now. Makes nothing. Throws what secure_folder() does, and redis::NoLocalServer if none
// can be there, because this process sees another folder than the others of this user.
bool runs();

// The process of the server, told by the kernel, so of a server that hangs too. 0 if it cannot be told.
pid_t pid();

// From here on, and for a while, a server that is started there counts as one that took the place of another.
void mark_replaced();

// Whether the server that runs there took the place of one that had died, so lately that holders may not be back yet.
bool replaced();

struct Start {
    bool started;      // false: another process had it running by the time we looked again
    bool replaced;     // as replaced() tells
    std::string unit;  // that it was started in; empty: it belongs to no other than this process does
};

// While the result lives, no caller starts the server. Throws as start() does.
base::Fd lock(base::Deadline deadline);

// Starts the server unless it answers by now, where it does not end with who starts it; of many callers at once exactly
// one does. Returns when it can be connected to. Throws redis::NoLocalServer if there is no server binary, naming the
// package, if a server could not serve all callers of this user, or if the deadline passes; Error (os_error) for a
// folder that is not safe or cannot be made.
Start start(base::Deadline deadline);

}  // namespace local
