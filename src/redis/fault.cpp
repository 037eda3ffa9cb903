#include "redis/fault.hpp"

#include <algorithm>
#include <array>

namespace redis {

namespace {

struct Known {
    std::string_view start;
    Fault fault;
};

constexpr std::array<Known, 26> k_known{{
    {"NOSCRIPT", Fault::unknown_script},
    {"MOVED", Fault::moved},
    {"ASK ", Fault::ask},
    {"LOADING", Fault::retry},
    {"BUSY", Fault::retry},
    {"TRYAGAIN", Fault::retry},
    {"CLUSTERDOWN", Fault::retry},
    {"MASTERDOWN", Fault::retry},
    {"MISCONF", Fault::retry},
    {"NOREPLICAS", Fault::retry},
    {"OOM", Fault::retry},
    {"Script attempted to access a non local key", Fault::retry},
    {"Lua script attempted to access a non local key", Fault::retry},
    {"Lua script attempted to execute a", Fault::retry},  // "… command while the cluster is down"
    {"READONLY", Fault::reconnect},
    {"UNBLOCKED", Fault::reconnect},
    {"max number of clients reached", Fault::reconnect},
    {"NOAUTH", Fault::refused},
    {"WRONGPASS", Fault::refused},
    {"NOPERM", Fault::refused},
    {"DENIED", Fault::refused},
    {"AUTH", Fault::refused},
    {"invalid password", Fault::refused},
    {"The user executing the script can't", Fault::refused},
    {"ACL failure in script", Fault::refused},
    // Before AUTH a server takes no more than ten words, and says so instead of NOAUTH.
    {"Protocol error: unauthenticated", Fault::refused},
}};

// Redis 6.2 puts the error of a command inside a script behind "ERR Error running script (…): @user_script:N: ", the
// shared ones with their '-'. The generic "ERR " says nothing.
std::string_view telling_part(std::string_view error)
{
    constexpr std::string_view mark = "@user_script:";
    if (error.starts_with("ERR Error running script") && error.rfind(mark) != std::string_view::npos) {
        error.remove_prefix(error.rfind(mark) + mark.size());
        error.remove_prefix(std::min(error.find_first_not_of("0123456789: -"), error.size()));
    }
    if (error.starts_with("ERR "))
        error.remove_prefix(4);
    return error;
}

}  // namespace

Fault classify(std::string_view error)
{
    const std::string_view text = telling_part(error);
    for (const Known& known : k_known)
        if (text.starts_with(known.start))
            return known.fault;
    return Fault::nonsense;
}

bool wants_login(std::string_view error)
{
    const std::string_view text = telling_part(error);
    return text.starts_with("NOAUTH") || text.starts_with("DENIED") ||
           text.starts_with("Protocol error: unauthenticated");
}

}  // namespace redis
