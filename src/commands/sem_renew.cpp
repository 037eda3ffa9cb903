// limiters sem renew: make a lease last longer.
#include "base/error.hpp"
#include "commands/execute.hpp"
#include "commands/lease_values.hpp"
#include "commands/limiter_values.hpp"
#include "commands/session.hpp"
#include "options/flags.hpp"
#include "process/signals.hpp"
#include "run/lease.hpp"

namespace commands {

using base::Error;
using base::ExitCode;

base::ExitCode execute(const options::GlobalOptions& global, const options::SemRenewOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settings_from(sources);
    const options::Text text = options.text(options::k_lease);
    if (!text)
        throw Error(ExitCode::usage, "sem renew needs a LEASE: what sem acquire printed");
    const base::Micros expiry = options.has(options::k_expiry_of_renew)
                                    ? options::duration(options, options::k_expiry_of_renew)
                                    : base::Micros::zero();  // as acquired
    const run::NamedLease lease = lease_value(*text, expiry, replicas_value(sources), settings);
    const process::Signals signals;
    redis::Session session = open_session(settings);
    run::renew_lease(lease, session, signals, settings.redis_timeout);
    return ExitCode::ok;
}

}  // namespace commands
