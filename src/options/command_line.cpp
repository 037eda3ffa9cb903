#include "options/command_line.hpp"

#include "base/error.hpp"
#include "options/subcommands.hpp"

#include <algorithm>

namespace options {

namespace {

using base::Error;
using base::ExitCode;

std::string global_help()
{
    return "URL: redis://[user[:pass]@]host[:port][,host...][/db], rediss:// (with TLS), valkey://, valkeys://,\n"
           "redis+sentinel://host[:port][,host...]/service[/db], unix:///path[?db=N].\n\n"
           "Options with a variable can also stand in ~/.config/limiters.toml and in /etc/limiters.toml, such as\n"
           "redis = \"redis://host\". An option wins over its variable, and that over the files.\n\n" +
           exit_code_help();
}

// The level of the command line that was understood: "limiters", "limiters bucket", "limiters bucket run".
std::string level_of(const CLI::App& app)
{
    std::string level = app.get_name();
    for (auto below = app.get_subcommands(); !below.empty(); below = below.front()->get_subcommands())
        level += ' ' + below.front()->get_name();
    return level;
}

std::string put_dashes(const std::string& level)
{
    return fmt::format("put -- before the command: {} OPTIONS -- CMD [ARG...]", level);
}

// What can be shown of a word that nothing was made of: cron mails it, CI keeps it, and a password may stand in the
// value of an option or in a URL. Nor are the words behind it shown.
std::string_view harmless(std::string_view word)
{
    const std::size_t url = word.find("://");
    return word.substr(0, word.starts_with('-') ? word.find('=') : url == word.npos ? url : url + 3);
}

std::string unexpected(std::string_view word)
{
    return fmt::format("not expected here: '{}'", word);
}

// `left_over` is the first word that nothing was made of, if there is one.
std::string what_is_wrong(const CLI::ParseError& error, std::string_view left_over)
{
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
        return unexpected(left_over);
    if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) {
        std::string text = error.what();
        std::replace(text.begin(), text.end(), '\n', ' ');
        return text;
    }
    return left_over.empty()            ? "a subcommand is missing"
           : left_over.starts_with('-') ? fmt::format("a subcommand is missing before '{}'", left_over)
                                        : fmt::format("unknown subcommand '{}'", left_over);
}

[[noreturn]] void explain(const CLI::ParseError& error, const CLI::App& app, const Words& words, bool dashes)
{
    const std::string level = level_of(app);
    const std::vector<std::string> remaining = app.remaining(true);
    const std::string_view left_over = remaining.empty() ? "" : harmless(words.whole(remaining.front()));
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !dashes && level.ends_with(" run"))
        throw Error(ExitCode::usage, "{} ({})", put_dashes(level), unexpected(left_over));
    throw Error(ExitCode::usage, "{}; see {} --help", what_is_wrong(error, left_over), level);
}

// The words after "--" go to the one who runs them; nobody else has any use for them.
struct TakeCommand {
    const std::vector<std::string>& words;
    bool dashes;
    const CLI::App& app;

    template <typename Options>
    void operator()(Options& options) const
    {
        if constexpr (requires { options.command; }) {
            if (!dashes)
                throw Error(ExitCode::usage, "{}", put_dashes(level_of(app)));
            if (words.empty())
                throw Error(ExitCode::usage, "no command after --");
            options.command = words;
        } else if (dashes) {
            throw Error(ExitCode::usage, "nothing is run here: leave out -- and what follows it");
        }
    }
};

}  // namespace

CommandLine parse_command_line(int argc, char** argv)
{
    char** const end = argv + argc;
    char** const dashes = std::find_if(argv, end, [](const char* word) { return std::string_view(word) == "--"; });
    const std::vector<std::string> command(dashes == end ? end : dashes + 1, end);

    CommandLine line;
    CLI::App app("Limit what a shell runs, across any number of hosts, with Redis or Valkey.", "limiters");
    app.formatter(std::make_shared<UsageLine>("limiters [GLOBAL] SUBCOMMAND [OPTIONS] [-- CMD [ARG...]]"));
    app.set_version_flag("-V,--version", "");
    app.require_subcommand(1);
    app.footer(global_help);
    const Words words(argv, dashes);
    const Syntax syntax{app, words};
    add_flags(syntax, on::global, line.global);
    std::list<Subcommand> subcommands = add_subcommands(syntax);
    try {
        app.parse(static_cast<int>(dashes - argv), argv);
    } catch (const CLI::CallForHelp&) {
        line.command = Information{app.help()};
        return line;
    } catch (const CLI::CallForVersion&) {
        const CLI::Option* verbose = app.get_option_no_throw("--verbose");
        line.command = VersionOptions{verbose != nullptr && !verbose->empty()};
        return line;
    } catch (const CLI::ParseError& error) {
        explain(error, app, words, dashes != end);
    }
    const auto parsed =
        std::find_if(subcommands.begin(), subcommands.end(), [](const Subcommand& s) { return s.app->parsed(); });
    line.command = std::move(parsed->options);
    std::visit(TakeCommand{command, dashes != end, app}, line.command);
    return line;
}

}  // namespace options
