#include "redis/unavailable.hpp"

namespace redis {

std::string trouble(const Unavailable& why, const std::string& server, const std::string& silent)
{
    return fmt::format("{}: {}", why.answered() ? server + " cannot serve" : silent, why.what());
}

}  // namespace redis
