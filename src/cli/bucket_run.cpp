#include "run/bucket_run.hpp"

#include "cli/execute.hpp"
#include "cli/limiter_values.hpp"
#include "cli/session.hpp"
#include "process/signals.hpp"

namespace cli {

namespace {

run::BucketRun values(const BucketRunOptions& o, const SettingSources& sources, const Settings& settings)
{
    const std::string name = run_name(o.name, o.command);
    run::BucketRun run{token_wait_values(o, sources, settings, "bucket run"), o.command};
    run.wait.bucket.name = name;
    return run;
}

}  // namespace

base::ExitCode execute(const GlobalOptions& global, const BucketRunOptions& options)
{
    const SettingSources sources(global);
    const Settings settings = settle(sources);
    const run::BucketRun run = values(options, sources, settings);
    const process::Signals signals;
    redis::Session session = open_session(settings);
    run::bucket_run(run, session, signals);
}

}  // namespace cli
