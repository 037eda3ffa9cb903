#include "commands/lease_values.hpp"

#include "limiter/lease_id.hpp"
#include "local/server.hpp"
#include "options/flags.hpp"
#include "options/values.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <sstream>

namespace commands {

namespace {

std::string server_name(const Settings& settings)
{
    return settings.server ? settings.server->display() : local::address().display();
}

}  // namespace

std::vector<std::string> outer_leases()
{
    std::vector<std::string> leases;
    for (const char* name : {"LIMITERS_OUTER", "LIMITERS_LEASE"})
        if (const char* value = std::getenv(name); value != nullptr) {
            std::istringstream words(value);
            std::copy_if(std::istream_iterator<std::string>(words), {}, std::back_inserter(leases),
                         limiter::parse_lease);
        }
    return leases;
}

std::vector<std::string> outer_ids(const std::string& name)
{
    std::vector<std::string> ids;
    for (const std::string& text : outer_leases())
        if (const auto lease = limiter::parse_lease(text); lease && lease->name == name)
            ids.push_back(lease->id);
    return ids;
}

run::NamedLease lease_value(const std::string& text, base::Micros expiry, std::size_t replicas,
                            const Settings& settings)
{
    const auto lease = limiter::parse_lease(text);
    if (!lease)
        options::reject({options::label(options::k_lease)}, text, "not a lease, as sem acquire prints it");
    const std::string server = server_name(settings);
    if (limiter::id_of_lease(text, lease->name, server, settings.key_prefix).empty())
        throw base::Error(base::ExitCode::usage,
                          "sem '{}': this lease is not of {} with the key prefix '{}': give the {} and {} that it was "
                          "acquired with",
                          lease->name, server, settings.key_prefix, options::label(options::k_redis),
                          options::label(options::k_key_prefix));
    limiter::SemaphoreOptions options;
    options.prefix = settings.key_prefix;
    options.name = lease->name;
    options.lease = expiry;
    options.replicas = replicas;
    return {limiter::Semaphore(std::move(options), lease->id, lease->kept.ticket), lease->kept.lease};
}

}  // namespace commands
