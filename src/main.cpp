// main parses and dispatches, and is the one place where an error becomes a line and an exit code.
#include "base/error.hpp"
#include "base/message.hpp"
#include "commands/advice.hpp"
#include "commands/execute.hpp"
#include "commands/print.hpp"
#include "options/command_line.hpp"
#include "process/standard_fds.hpp"
#include "terminal/live_line.hpp"

#include <unistd.h>

#include <exception>

namespace {

using base::ExitCode;

struct Execute {
    const options::GlobalOptions& global;

    ExitCode operator()(const options::Information& information) const
    {
        commands::print(information.text);
        return ExitCode::ok;
    }

    template <typename Options>
    ExitCode operator()(const Options& options) const
    {
        return commands::execute(global, options);
    }
};

ExitCode run(int argc, char** argv)
{
    base::take_advice_from(commands::advice);
    terminal::share_the_terminal();
    process::fill_standard_fds();
    const options::CommandLine line = options::parse_command_line(argc, argv);
    return std::visit(Execute{line.global}, line.command);
}

// Prints an error, unless -E 0 has made it a success: cron mails whatever is printed.
void report(const base::Error& error)
{
    if (error.code() == ExitCode::ok)
        base::message::detail(error.what());
    else
        base::message::error(error.what());
}

ExitCode run_and_report(int argc, char** argv)
{
    try {
        return run(argc, argv);
    } catch (const base::Error& error) {
        report(error);
        return error.code();
    } catch (const std::exception& error) {
        base::message::error(std::string("internal error: ") + error.what());
        return ExitCode::internal;
    }
}

}  // namespace

int main(int argc, char** argv)
{
    const int code = base::number_of(run_and_report(argc, argv));
#ifndef __SANITIZE_ADDRESS__  // which looks for leaks at the end
    ::_exit(code);            // all that was printed has been written, and to take apart what goes anyway takes time
#endif
    return code;
}
