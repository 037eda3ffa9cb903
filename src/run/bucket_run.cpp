#include "run/bucket_run.hpp"

namespace run {

void bucket_run(const BucketRun& options, redis::Session& session, const process::Signals& signals)
{
    process::require_executable(options.argv[0]);
    const base::Micros began = base::now_on(CLOCK_MONOTONIC);
    wait_for_tokens(options.wait, session, signals);
    const base::Micros waited = base::now_on(CLOCK_MONOTONIC) - began;
    process::replace_by(
        {options.argv,
         {{"LIMITERS_NAME", options.wait.bucket.name}, {"LIMITERS_WAITED_MS", std::to_string(waited.count() / 1000)}}},
        signals);
}

}  // namespace run
