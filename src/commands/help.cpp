// limiters help: the page of the manual, or, where there is no manual, what --help says.
#include "base/clock.hpp"
#include "commands/execute.hpp"
#include "commands/print.hpp"
#include "process/command.hpp"
#include "process/program.hpp"
#include "process/signals.hpp"

namespace commands {

namespace {

constexpr base::Micros k_patience = std::chrono::seconds(5);  // a manual on a slow network disk is none

}  // namespace

base::ExitCode execute(const options::GlobalOptions& /*global*/, const options::HelpOptions& options)
{
    if (process::run_program({"man", "-w", "1", options.page}, {}, base::Deadline::after(k_patience)).good) {
        const process::Signals signals;
        process::replace_by({{"man", "1", options.page}, {}}, signals);
    }
    print(options.text);
    return base::ExitCode::ok;
}

}  // namespace commands
