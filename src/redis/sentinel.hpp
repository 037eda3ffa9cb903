// Asking a sentinel for the master of a service.
#pragma once

#include "redis/node.hpp"
#include "redis/reply.hpp"

#include <optional>
#include <string>
#include <vector>

namespace redis {

// The command that asks for the master of a service:
// https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#sentinel-commands
std::vector<std::string> master_question(const std::string& service);

// The address of the master; nothing if the sentinel does not know the service. Throws Rejected if it will not tell,
// Unavailable if it cannot now.
std::optional<Node> named_master(const Reply& reply);

}  // namespace redis
