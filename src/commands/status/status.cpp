#include "base/message.hpp"
#include "commands/execute.hpp"
#include "commands/print.hpp"
#include "commands/session.hpp"
#include "commands/status/collect.hpp"
#include "local/server.hpp"
#include "options/flags.hpp"

namespace commands {

base::ExitCode execute(const options::GlobalOptions& global, const options::StatusOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settings_from(sources);
    const redis::Server server = settings.server.value_or(local::address());
    Collected found;
    if (auto session = open_existing_session(settings))
        found = collect(Asker(settings), *session, settings.key_prefix, options.text(options::k_pattern));
    for (const base::Error& trouble : found.troubles)
        base::message::error(trouble.what());
    const Report report{server.display(), settings.key_prefix, std::move(found.limiters)};
    if (report.limiters.empty() && found.troubles.empty())
        base::message::detail(fmt::format("{}: there are no such limiters", server.display()));
    print(options.has(options::k_json) ? json(report) : table(report, terminal::screen_of_stdout()));
    return found.troubles.empty() ? base::ExitCode::ok : found.troubles.front().code();
}

}  // namespace commands
