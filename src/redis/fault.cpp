#include "redis/fault.hpp"

#include <algorithm>
#include <array>

namespace redis {

namespace {

struct Known {
    std::string_view start;
    Fault fault;
    std::string_view plain = {};
};

constexpr std::string_view k_moving = "its cluster is just moving the keys of this limiter to another node";
constexpr std::string_view k_cluster_down = "its cluster is down, or no node of it has the slot of this limiter";

constexpr std::array<Known, 26> k_known{{
    {"NOSCRIPT", Fault::unknown_script},
    {"MOVED", Fault::moved},
    {"ASK ", Fault::ask},
    {"LOADING", Fault::retry, "it is loading its data"},
    {"BUSY", Fault::retry, "it is busy with a script that does not end"},
    {"TRYAGAIN", Fault::retry, k_moving},
    {"CLUSTERDOWN", Fault::retry, k_cluster_down},
    {"MASTERDOWN", Fault::retry, "it is a replica that has lost its master"},
    {"MISCONF", Fault::retry, "it could not save its data to disk and takes no writes"},
    {"NOREPLICAS", Fault::retry, "it has fewer replicas than min-replicas-to-write and takes no writes"},
    {"OOM", Fault::retry, "it has no memory left: maxmemory is reached"},
    {"Script attempted to access a non local key", Fault::retry, k_moving},
    {"Lua script attempted to access a non local key", Fault::retry, k_moving},
    {"Lua script attempted to execute a", Fault::retry, k_cluster_down},  // "… command while the cluster is down"
    {"READONLY", Fault::reconnect, "it is a replica and takes no writes"},
    {"UNBLOCKED", Fault::reconnect, "it is not the master any more"},
    {"max number of clients reached", Fault::reconnect, "it has as many clients as its maxclients allows"},
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

const Known* find(std::string_view error)
{
    const std::string_view text = telling_part(error);
    for (const Known& known : k_known)
        if (text.starts_with(known.start))
            return &known;
    return nullptr;
}

}  // namespace

Fault classify(std::string_view error)
{
    const Known* known = find(error);
    return known != nullptr ? known->fault : Fault::nonsense;
}

std::string plain(std::string_view error)
{
    const Known* known = find(error);
    if (known != nullptr && !known->plain.empty())
        return std::string(known->plain);
    // A failure of the script itself keeps the place: it is ours to mend.
    constexpr std::string_view place = " script: ";
    const std::size_t end = error.find(place);
    const bool is_ours = error.substr(0, end).find("user_script:") != std::string_view::npos;
    if (is_ours)
        return std::string(error);
    // Behind this a server that lacks a command quotes our own words, and those of AUTH are a secret.
    return std::string(error.substr(0, std::min(end, error.find(", with args beginning with"))));
}

bool is_unknown_command(std::string_view error)
{
    return telling_part(error).starts_with("unknown command");
}

bool is_wrong_type(std::string_view error)
{
    return telling_part(error).starts_with("WRONGTYPE");
}

bool wants_login(std::string_view error)
{
    const std::string_view text = telling_part(error);
    return text.starts_with("NOAUTH") || text.starts_with("DENIED") ||
           text.starts_with("Protocol error: unauthenticated");
}

}  // namespace redis
