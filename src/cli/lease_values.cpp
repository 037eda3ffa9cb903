#include "cli/lease_values.hpp"

#include "cli/values.hpp"
#include "limiter/lease_id.hpp"
#include "redis/local_server.hpp"

#include <cstdlib>

namespace cli {

namespace {

std::string server_name(const Settings& settings)
{
    return settings.server ? settings.server->display() : redis::local_server().display();
}

}  // namespace

std::string outer_id(const limiter::SemaphoreOptions& semaphore, const Settings& settings)
{
    const char* lease = std::getenv("LIMITERS_LEASE");
    if (lease == nullptr)
        return {};
    return limiter::id_of_lease(lease, semaphore.name, server_name(settings), semaphore.prefix);
}

limiter::Semaphore lease_value(const std::string& text, base::Micros expiry, const Settings& settings)
{
    const auto lease = limiter::parse_lease(text);
    if (!lease)
        reject({"LEASE"}, text, "not a lease, as sem acquire prints it");
    const std::string server = server_name(settings);
    if (limiter::id_of_lease(text, lease->name, server, settings.key_prefix).empty())
        throw base::Error(base::ExitCode::usage,
                          "sem '{}': this lease is not of {} with the key prefix '{}': give the --redis and "
                          "--key-prefix that it was acquired with",
                          lease->name, server, settings.key_prefix);
    limiter::SemaphoreOptions options;
    options.prefix = settings.key_prefix;
    options.name = lease->name;
    options.lease = expiry;
    return {std::move(options), lease->id};
}

}  // namespace cli
