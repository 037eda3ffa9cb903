// What limit, pause and resume share: an operator's order, from the command line to the server.
#pragma once

#include "commands/ask.hpp"
#include "commands/settings.hpp"
#include "limiter/orders.hpp"
#include "options/options.hpp"

namespace commands {

// --for; without it as long as an order can stand.
base::Micros span_value(const options::Given& o);

// --reason.
std::string reason_value(const options::Given& o);

// The one who gives the order: user@host.
std::string by_value();

// Gives the order, and starts the local server if that is meant; to take one back that server is not started.
void give_order(const Settings& settings, const limiter::LimiterName& limiter, const limiter::NewOrder& order);

}  // namespace commands
