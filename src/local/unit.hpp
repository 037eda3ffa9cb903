// Which unit of systemd a process belongs to, and whether the end of that unit would end a server started in it.
//
// The rule, as limiters(7) tells it: a server that is started in a unit ends with the unit, unless the unit leaves
// alone what runs when it ends: one with KillMode=process or none, as cron.service, and a login session where logind
// kills no processes of users (KillUserProcesses=no). In any other unit, and in all that belongs to a user's own
// manager, the server gets a unit of its own: from the system's manager for root, from their own for others, if it
// runs; else nothing is started.
//
// The control group tells, never INVOCATION_ID: that is inherited by whatever has left the unit, and cron takes it
// away.
#pragma once

#include "base/clock.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace local {

// Units that are named so hold a private server, and end only with it.
constexpr std::string_view k_own_unit = "limiters-server-";

struct Unit {
    std::string name;
    bool of_user_manager;  // below user@UID.service

    [[nodiscard]] bool is_own() const { return name.starts_with(k_own_unit); }

    friend bool operator==(const Unit&, const Unit&) = default;
};

// The innermost unit in the text of a /proc/PID/cgroup, of either version: cgroups(7). None without systemd, and in a
// container that sees no control groups but its own.
std::optional<Unit> unit_in(std::string_view control_groups);

// The unit of a process, 0 for this one; none, too, if it cannot be seen.
std::optional<Unit> unit_of(pid_t pid);

// Whether what a process of this unit has started ends with the unit. Asks systemctl or loginctl, and takes no answer
// for a yes.
bool ends_what_it_leaves(const Unit& unit, base::Deadline deadline);

}  // namespace local
