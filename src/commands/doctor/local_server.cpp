#include "commands/doctor/local_server.hpp"

#include "base/advice.hpp"
#include "base/clock.hpp"
#include "local/own_unit.hpp"
#include "local/server.hpp"
#include "local/unit.hpp"

#include <fmt/format.h>

namespace commands {

using base::Deadline;
using base::ExitCode;

Finding who_shares_local_server(const DoctorReport& report)
{
    return {
        ExitCode::ok, report.server,
        fmt::format("no Redis is named: limits hold for this user on this host only, two users share nothing; {}; for "
                    "all users of this host see 'One server for a host' in limiters(7)",
                    base::advice(base::Advice::name_a_server))};
}

std::vector<Finding> home_of_local_server(const DoctorReport& report, base::Micros timeout)
{
    const Deadline deadline = Deadline::after(timeout);
    const pid_t server = local::pid();
    const std::optional<local::Unit> unit = server == 0 ? std::nullopt : local::unit_of(server);
    if (!unit)
        return {};
    std::string text;
    if (unit->is_own())
        text = fmt::format("it runs in a unit of its own, {}{}", unit->name,
                           !unit->of_user_manager || local::lingers(deadline)
                               ? ""
                               : ", which ends with your last session unless 'loginctl enable-linger' is given");
    else if (local::ends_what_it_leaves(*unit, deadline))
        text = fmt::format("it runs in {} and ends with it: if that is not a unit for this server alone, stop it with "
                           "'limiters server stop', and the next call starts it outside",
                           unit->name);
    else
        return {};
    return {{ExitCode::ok, report.server, text}};
}

}  // namespace commands
