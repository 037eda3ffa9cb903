#include "base/exit_code.hpp"
#include "cli/execute.hpp"
#include "cli/limiter_values.hpp"
#include "cli/session.hpp"
#include "process/signals.hpp"

namespace cli {

base::ExitCode execute(const GlobalOptions& global, const BucketAcquireOptions& options)
{
    const SettingSources sources(global);
    const Settings settings = settle(sources);
    const std::string name = required_name(options.name, "bucket acquire");
    run::TokenWait wait = token_wait_values(options, sources, settings, "bucket acquire");
    wait.bucket.name = name;
    const process::Signals signals;
    redis::Session session = open_session(settings);
    run::wait_for_tokens(wait, session, signals);
    return base::ExitCode::ok;
}

}  // namespace cli
