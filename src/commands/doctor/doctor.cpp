#include "base/error.hpp"
#include "commands/doctor/examine.hpp"
#include "commands/execute.hpp"
#include "commands/limiter_values.hpp"
#include "commands/print.hpp"
#include "limiter/rights.hpp"
#include "local/server.hpp"
#include "options/flags.hpp"

#include <algorithm>

namespace commands {

using base::ExitCode;

ExitCode DoctorReport::exit_code() const
{
    const auto problem =
        std::find_if(findings.begin(), findings.end(), [](const Finding& f) { return f.code != ExitCode::ok; });
    return problem == findings.end() ? ExitCode::ok : problem->code;
}

base::ExitCode execute(const options::GlobalOptions& global, const options::DoctorOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settings_from(sources);
    const std::size_t replicas = replicas_value(sources);
    if (options.has(options::k_acl) && options.has(options::k_json))
        throw base::Error(ExitCode::usage, "{} and {} contradict each other: give one of them",
                          options::label(options::k_acl), options::label(options::k_json));
    if (options.has(options::k_acl)) {
        print(limiter::acl_rule(settings.key_prefix, replicas > 0) + '\n');
        return ExitCode::ok;
    }
    const redis::Server server = settings.server.value_or(local::address());
    DoctorReport report{server.display(), setting_lines(sources, server), {}, {}};
    examine(settings, replicas, report);
    print(options.has(options::k_json) ? doctor_json(report) : doctor_text(report));
    return report.exit_code();
}

}  // namespace commands
