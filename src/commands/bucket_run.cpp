// limiters bucket run: wait until the tokens are due, then become CMD.
#include "commands/execute.hpp"
#include "commands/limiter_values.hpp"
#include "commands/session.hpp"
#include "process/command.hpp"
#include "process/signals.hpp"
#include "run/wait_for_tokens.hpp"

#include <string>
#include <vector>

namespace commands {

namespace {

struct BucketRun {
    run::TokenWait wait;
    std::vector<std::string> argv;
};

[[noreturn]] void bucket_run(const BucketRun& options, redis::Session& session, const process::Signals& signals)
{
    process::require_executable(options.argv[0]);
    const base::Micros began = base::now_on(CLOCK_MONOTONIC);
    run::wait_for_tokens(options.wait, session, signals);
    const base::Micros waited = base::now_on(CLOCK_MONOTONIC) - began;
    process::replace_by(
        {options.argv,
         {{"LIMITERS_NAME", options.wait.bucket.name}, {"LIMITERS_WAITED_MS", std::to_string(waited.count() / 1000)}}},
        signals);
}

BucketRun values(const options::BucketRunOptions& o, const options::SettingSources& sources, const Settings& settings)
{
    const std::string name = run_name(o);
    BucketRun run{token_wait_values(o, sources, settings, "bucket run"), o.command};
    run.wait.bucket.name = name;
    return run;
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::BucketRunOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settings_from(sources);
    const BucketRun run = values(options, sources, settings);
    const process::Signals signals;
    redis::Session session = open_session(settings);
    bucket_run(run, session, signals);
}

}  // namespace commands
