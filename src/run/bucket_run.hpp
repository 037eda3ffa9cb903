// limiters bucket run: wait until the tokens are due, then become CMD.
#pragma once

#include "process/command.hpp"
#include "run/wait_for_tokens.hpp"

#include <string>
#include <vector>

namespace run {

struct BucketRun {
    TokenWait wait;
    std::vector<std::string> argv;
};

// Does not return: this process becomes CMD. Throws Error.
[[noreturn]] void bucket_run(const BucketRun& options, redis::Session& session, const process::Signals& signals);

}  // namespace run
