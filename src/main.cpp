// Parse, dispatch, and the one place where an error becomes a line and an exit code.
#include "base/error.hpp"
#include "base/message.hpp"
#include "cli/command_line.hpp"
#include "cli/execute.hpp"
#include "cli/print.hpp"
#include "process/standard_fds.hpp"

#include <exception>

namespace {

struct Execute {
    const cli::GlobalOptions& global;

    int operator()(const cli::Information& information) const
    {
        cli::print(information.text);
        return static_cast<int>(base::ExitCode::ok);
    }

    template <typename Options>
    int operator()(const Options& options) const
    {
        return cli::execute(global, options);
    }
};

int run(int argc, char** argv)
{
    process::fill_standard_fds();
    const cli::CommandLine line = cli::parse_command_line(argc, argv);
    return std::visit(Execute{line.global}, line.command);
}

// cron mails whatever is printed: what -E 0 makes a success is no error to tell.
void report(const base::Error& error)
{
    if (error.code() == static_cast<int>(base::ExitCode::ok))
        base::message::detail(error.what());
    else
        base::message::error(error.what());
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        return run(argc, argv);
    } catch (const base::Error& error) {
        report(error);
        return error.code();
    } catch (const std::exception& error) {
        base::message::error(std::string("internal error: ") + error.what());
        return static_cast<int>(base::ExitCode::internal);
    }
}
