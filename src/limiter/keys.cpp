#include "limiter/keys.hpp"

#include "base/name.hpp"
#include "redis/masters.hpp"

#include <fmt/format.h>

namespace limiter {

namespace {

constexpr std::string_view k_before_name = ":2:sem:{";  // in P

std::string semaphore_key(const std::string& prefix, const std::string& name)
{
    return fmt::format("{}{}{}}}", prefix, k_before_name, name);
}

}  // namespace

std::vector<std::string> semaphore_keys(const std::string& prefix, const std::string& name)
{
    const std::string p = semaphore_key(prefix, name);
    return {p, p + ":holders", p + ":waiters", p + ":alive"};
}

std::string members_key(const std::string& prefix, const std::string& name, Members members)
{
    return semaphore_keys(prefix, name).at(static_cast<std::size_t>(members) + 1);
}

std::string wake_key(const std::string& prefix, const std::string& name, const std::string& id)
{
    return fmt::format("{}:wake:{}", semaphore_key(prefix, name), id);
}

std::string bucket_key(const std::string& prefix, const std::string& name)
{
    return fmt::format("{}:2:bucket:{{{}}}", prefix, name);
}

std::string LimiterName::subject() const
{
    return fmt::format("{} '{}'", kind == Kind::semaphore ? "sem" : "bucket", name);
}

std::string common_start(const std::string& prefix)
{
    return fmt::format("{}:2:", prefix);
}

std::optional<LimiterName> limiter_of_key(std::string_view key, const std::string& prefix)
{
    const std::size_t brace = key.find('{');
    if (brace == std::string_view::npos || !key.ends_with('}'))
        return std::nullopt;
    const std::string name(key.substr(brace + 1, key.size() - brace - 2));
    if (!base::name_problem(name).empty())
        return std::nullopt;
    if (key == semaphore_key(prefix, name))
        return LimiterName{name, Kind::semaphore};
    if (key == bucket_key(prefix, name))
        return LimiterName{name, Kind::bucket};
    return std::nullopt;
}

std::string limiters_pattern(const std::string& prefix)
{
    return redis::escaped_for_match(common_start(prefix)) + "*{*}";
}

std::string semaphores_pattern()
{
    return fmt::format("*{}*}}", k_before_name);
}

std::optional<PrefixedName> semaphore_of_key(const std::string& key)
{
    const std::string prefix = key.substr(0, key.find(k_before_name));
    const auto limiter = limiter_of_key(key, prefix);
    if (!limiter || limiter->kind != Kind::semaphore)
        return std::nullopt;
    return PrefixedName{prefix, *limiter};
}

std::string trial_key(const std::string& prefix)
{
    return common_start(prefix) + "doctor";
}

}  // namespace limiter
