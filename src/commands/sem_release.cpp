// limiters sem release: give back a slot that this process does not hold itself.
#include "base/error.hpp"
#include "commands/execute.hpp"
#include "commands/lease_values.hpp"
#include "commands/limiter_values.hpp"
#include "commands/session.hpp"
#include "process/signals.hpp"
#include "run/lease.hpp"

namespace commands {

namespace {

using base::Error;
using base::ExitCode;

constexpr std::size_t k_id_size = 32;
constexpr std::size_t k_least_digits = 8;

std::string holder_value(const std::string& text)
{
    if (text.size() < k_least_digits || text.size() > k_id_size ||
        text.find_first_not_of("0123456789abcdef") != std::string::npos)
        options::reject({"--holder"}, text, "not the 8 to 32 hex digits of an id, as limiters status shows it");
    return text;
}

limiter::Semaphore limiter_value(const options::Text& name, std::size_t replicas, const Settings& settings)
{
    limiter::SemaphoreOptions options;
    options.prefix = settings.key_prefix;
    options.name = required_name(name, "sem release --holder");
    options.replicas = replicas;
    return limiter::Semaphore(std::move(options));
}

void require_one_way(const options::SemReleaseOptions& o)
{
    if (o.lease && (o.holder || o.name))
        throw Error(ExitCode::usage, "a LEASE says which limiter and which holder: leave out --name and --holder");
    if (!o.lease && !o.holder)
        throw Error(ExitCode::usage, "sem release needs a LEASE, or --name and --holder: what to release");
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::SemReleaseOptions& options)
{
    const options::SettingSources sources(global);
    const Settings settings = settle(sources);
    require_one_way(options);
    const std::size_t replicas = replicas_value(sources, options.replicas);
    const run::NamedLease lease =
        options.lease ? lease_value(*options.lease, options::k_no_time, replicas, settings)
                      : run::NamedLease{limiter_value(options.name, replicas, settings), options::k_no_time};
    const std::string holder = options.holder ? holder_value(*options.holder) : std::string();
    const process::Signals signals;
    redis::Session session = open_session(settings);
    if (options.lease)
        run::release_lease(lease, session, signals, settings.redis_timeout);
    else
        run::free_holder(lease.semaphore, holder, session, signals, settings.redis_timeout);
    return ExitCode::ok;
}

}  // namespace commands
