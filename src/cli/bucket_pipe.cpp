#include "run/bucket_pipe.hpp"

#include "base/exit_code.hpp"
#include "cli/execute.hpp"
#include "cli/limiter_values.hpp"
#include "cli/session.hpp"
#include "process/signals.hpp"

namespace cli {

base::ExitCode execute(const GlobalOptions& global, const BucketPipeOptions& options)
{
    const SettingSources sources(global);
    const Settings settings = settle(sources);
    run::BucketPipe pipe;
    const std::string name = required_name(options.name, "bucket pipe");
    pipe.bucket = bucket_values(options, {}, settings, "bucket pipe");
    pipe.bucket.name = name;
    pipe.redis_timeout = settings.redis_timeout;
    pipe.delimiter = options.null ? '\0' : '\n';
    pipe.tokens_from_size = options.tokens_from_size;
    const process::Signals signals;
    redis::Session session = open_session(settings);
    run::bucket_pipe(pipe, session, signals);
    return base::ExitCode::ok;
}

}  // namespace cli
