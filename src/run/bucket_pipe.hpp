// limiters bucket pipe: records from stdin to stdout, each when its tokens are due.
#pragma once

#include "limiter/token_bucket.hpp"
#include "process/signals.hpp"
#include "redis/session.hpp"

namespace run {

struct BucketPipe {
    limiter::TokenBucketOptions bucket;
    base::Micros redis_timeout{0};
    char delimiter = '\n';
    bool tokens_from_size = false;
};

// Returns at the end of stdin, when all has been written. A signal, or a stdout that nobody reads any more (SIGPIPE),
// gives tokens back and ends this process. Throws Error.
void bucket_pipe(const BucketPipe& options, redis::Session& session, const process::Signals& signals);

}  // namespace run
