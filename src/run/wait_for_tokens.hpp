// From the first question to tokens that are due: what bucket run and bucket acquire share.
#pragma once

#include "limiter/token_bucket.hpp"
#include "process/signals.hpp"
#include "redis/session.hpp"

namespace run {

struct TokenWait {
    limiter::TokenBucketOptions bucket;
    base::Micros redis_timeout{0};
    base::ExitCode conflict_code = base::ExitCode::conflict;
    bool run_unlimited = false;  // --on-unavailable run
};

// Returns when the tokens are due, or at once, with a warning, if Redis was never reached and that may be ignored.
// A signal gives the tokens back and ends this process. Throws Conflict when max_wait would be exceeded, Unreachable,
// Error.
void wait_for_tokens(const TokenWait& options, redis::Session& session, const process::Signals& signals);

}  // namespace run
