// limiters sem renew: make a lease last longer.
#include "base/error.hpp"
#include "commands/execute.hpp"
#include "commands/lease_values.hpp"
#include "commands/limiter_values.hpp"
#include "commands/session.hpp"
#include "process/signals.hpp"
#include "run/lease.hpp"

namespace commands {

using base::Error;
using base::ExitCode;

base::ExitCode execute(const options::GlobalOptions& global, const options::SemRenewOptions& options)
{
    const options::SettingSources sources(global);
    const Settings settings = settle(sources);
    if (!options.lease)
        throw Error(ExitCode::usage, "sem renew needs a LEASE: what sem acquire printed");
    const base::Micros expiry = duration_or(options.expiry, "--expiry", k_second, k_day, options::k_no_time);
    const run::NamedLease lease =
        lease_value(*options.lease, expiry, replicas_value(sources, options.replicas), settings);
    const process::Signals signals;
    redis::Session session = open_session(settings);
    run::renew_lease(lease, session, signals, settings.redis_timeout);
    return ExitCode::ok;
}

}  // namespace commands
