#include "base/exit_code.hpp"
#include "commands/execute.hpp"
#include "commands/limiter_values.hpp"
#include "commands/session.hpp"
#include "process/signals.hpp"

namespace commands {

base::ExitCode execute(const options::GlobalOptions& global, const options::BucketAcquireOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settings_from(sources);
    const std::string name = required_name(options, "bucket acquire");
    run::TokenWait wait = token_wait_values(options, sources, settings, "bucket acquire");
    wait.bucket.name = name;
    const process::Signals signals;
    redis::Session session = open_session(settings);
    run::wait_for_tokens(wait, session, signals);
    return base::ExitCode::ok;
}

}  // namespace commands
