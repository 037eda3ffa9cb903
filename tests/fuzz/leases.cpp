#include "targets.hpp"

#include "limiter/keys.hpp"
#include "limiter/lease_id.hpp"
#include "limiter/who.hpp"

void fuzz::leases(std::string_view lines)
{
    constexpr std::string_view server = "redis://h:6379";
    for (const std::string& line : lines_of(lines)) {
        if (const auto lease = limiter::parse_lease(line)) {
            const std::string made = limiter::lease_id(lease->name, lease->id, server, "limiters", lease->kept);
            require(limiter::id_of_lease(made, lease->name, server, "limiters") == lease->id, "a lease is not its own");
            require(limiter::parse_lease(made).has_value(), "a lease that was made is none");
        }
        const limiter::Who who = limiter::who_of(line);
        limiter::readable(who);
        require(limiter::who_of(limiter::text_of(who)) == who, "a holder is read as another one");
        limiter::semaphore_of_key(line);
        if (const auto known = limiter::limiter_of_key(line, "limiters"))
            require(line == (known->kind == limiter::Kind::semaphore
                                 ? limiter::semaphore_keys("limiters", known->name)[0]
                                 : limiter::bucket_key("limiters", known->name)),
                    "a key is another one's");
    }
}
