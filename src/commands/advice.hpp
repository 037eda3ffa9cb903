// The words of the command line for what a user can do: see base/advice.hpp.
#pragma once

#include "base/advice.hpp"

namespace commands {

std::string_view advice(base::Advice reason);

}  // namespace commands
