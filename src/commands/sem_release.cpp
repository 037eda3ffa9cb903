// limiters sem release: give back a slot that this process does not hold itself.
#include "base/error.hpp"
#include "commands/execute.hpp"
#include "commands/lease_values.hpp"
#include "commands/limiter_values.hpp"
#include "commands/session.hpp"
#include "options/flags.hpp"
#include "process/signals.hpp"
#include "run/lease.hpp"

namespace commands {

namespace {

using base::Error;
using base::ExitCode;
using base::Micros;

constexpr std::size_t k_id_size = 32;
constexpr std::size_t k_least_digits = 8;

std::string holder_value(const std::string& text)
{
    if (text.size() < k_least_digits || text.size() > k_id_size ||
        text.find_first_not_of("0123456789abcdef") != std::string::npos)
        options::reject({options::label(options::k_holder)}, text,
                        "not the 8 to 32 hex digits of an id, as limiters status shows it");
    return text;
}

limiter::Semaphore limiter_value(const options::Given& o, std::size_t replicas, const Settings& settings)
{
    limiter::SemaphoreOptions options;
    options.prefix = settings.key_prefix;
    options.name = required_name(o, "sem release --holder");
    options.replicas = replicas;
    return limiter::Semaphore(std::move(options));
}

void require_one_way(const options::Given& o)
{
    const std::string holder = options::label(options::k_holder);
    const std::string name = options::label(options::k_name_of_holder);
    if (o.has(options::k_lease) && (o.has(options::k_holder) || o.has(options::k_name_of_holder)))
        throw Error(ExitCode::usage, "a LEASE says which limiter and which holder: leave out {} and {}", name, holder);
    if (!o.has(options::k_lease) && !o.has(options::k_holder))
        throw Error(ExitCode::usage, "sem release needs a LEASE, or {} and {}: what to release", name, holder);
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::SemReleaseOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settings_from(sources);
    require_one_way(options);
    const std::size_t replicas = replicas_value(sources);
    const options::Text text = options.text(options::k_lease);
    const Micros as_acquired{0};
    const run::NamedLease lease = text ? lease_value(*text, as_acquired, replicas, settings)
                                       : run::NamedLease{limiter_value(options, replicas, settings), as_acquired};
    const options::Text holder = options.text(options::k_holder);
    const std::string id = holder ? holder_value(*holder) : std::string();
    const process::Signals signals;
    redis::Session session = open_session(settings);
    if (text)
        run::release_lease(lease, session, signals, settings.redis_timeout);
    else
        run::free_holder(lease.semaphore, id, session, signals, settings.redis_timeout);
    return ExitCode::ok;
}

}  // namespace commands
