// What goes on while CMD runs: signals are passed on to it, its lease is kept alive by a Heartbeat, and it is stopped
// where a policy says so.
#pragma once

#include "base/clock.hpp"
#include "process/child.hpp"
#include "run/heartbeat.hpp"

#include <optional>
#include <set>
#include <string>

namespace run {

enum class OnLost { stop, keep };
enum class OnOutage { keep, stop };

struct SupervisePolicy {
    OnLost on_lost = OnLost::stop;
    OnOutage on_outage = OnOutage::keep;
    base::Micros kill_after{0};       // from TERM to KILL when the lease is lost
    base::Micros kill_before_end{0};  // in an outage: TERM this long before the lease ends, KILL at its end
};

struct Ended {
    std::optional<process::WaitStatus> status;  // nothing: CMD was out of reach of the stop, and goes on
    bool stopped_by_us = false;                 // the lease was lost, or would have ended in an outage
};

// Returns when CMD has ended and was reaped; after a stop, when all that it started has ended too, as far as it could
// be reached. `others`: process::adopt_descendants(). `subject` and `server` are for messages.
Ended supervise(process::Child& child, const std::set<pid_t>& others, Heartbeat& heartbeat,
                const process::Signals& signals, const SupervisePolicy& policy, const std::string& subject,
                const std::string& server);

}  // namespace run
