#include "options/command_line.hpp"

#include "base/error.hpp"
#include "options/flags.hpp"
#include "options/nearest.hpp"
#include "options/plain_line.hpp"
#include "options/subcommand_words.hpp"
#include "options/subcommands.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

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
           exit_code_help() + '\n' + examples_of("") + "Manual: limiters help [SUBCOMMAND ...].";
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

// A hint at what to do about an option that nothing was made of: one of a subcommand stood before it, or another one
// was meant. Empty if nothing is near.
std::string option_meant(std::string_view word, unsigned subcommand, const std::string& level)
{
    for (const Flag* flag : k_flags)
        if ((flag->subcommands & subcommand) != 0 && (word == label(*flag) || word == fmt::format("-{}", flag->letter)))
            return fmt::format(" (put it behind '{}')", level);
    if (!word.starts_with("--"))
        return {};
    std::vector<std::string_view> known{"help", "version"};
    for (const Flag* flag : k_flags)
        if ((flag->subcommands & (subcommand | on::global)) != 0 && flag->type != Type::word)
            known.push_back(flag->name);
    const std::string_view meant = nearest(word.substr(2), known);
    return meant.empty() ? "" : fmt::format(" (did you mean --{}?)", meant);
}

// The words of all subcommands below a path, "" or "sem": of each the last word of its own path.
std::vector<std::string_view> subcommands_below(std::string_view path)
{
    std::vector<std::string_view> words;
    for (const auto& [known, page, examples] : k_subcommand_words) {
        const std::size_t blank = known.rfind(' ');
        const std::string_view above = blank == known.npos ? "" : known.substr(0, blank);
        if (!known.empty() && above == path)
            words.push_back(known.substr(blank + 1));
    }
    return words;
}

// A hint at what a subcommand that is not there was meant to be, one of another level or a slip of the pen; empty if
// nothing is near.
std::string subcommand_meant(std::string_view word, const std::string& level)
{
    std::string meant;
    for (const auto& [known, page, examples] : k_subcommand_words)
        if (known.size() > word.size() && known.ends_with(word) && known[known.size() - word.size() - 1] == ' ')
            meant += fmt::format("{}'limiters {}'", meant.empty() ? "" : " or ", known);
    const std::string_view path = std::string_view(level).substr(std::min(level.size(), std::strlen("limiters ")));
    if (const std::string_view near = nearest(word, subcommands_below(path)); meant.empty() && !near.empty())
        meant = fmt::format("'{} {}'", level, near);
    return meant.empty() ? "" : fmt::format(" (did you mean {}?)", meant);
}

std::string unknown_subcommand(std::string_view word, const std::string& level)
{
    return fmt::format("unknown subcommand '{}'{}", word, subcommand_meant(word, level));
}

// `left_over` is the first word that nothing was made of, if there is one.
std::string what_is_wrong(const CLI::ParseError& error, std::string_view left_over, const std::string& level,
                          unsigned subcommand)
{
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr)
        return unexpected(left_over) + option_meant(left_over, subcommand, level);
    if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) {
        std::string text = error.what();
        std::replace(text.begin(), text.end(), '\n', ' ');
        return text;
    }
    return left_over.empty()            ? "a subcommand is missing"
           : left_over.starts_with('-') ? fmt::format("a subcommand is missing before '{}'{}", left_over,
                                                      option_meant(left_over, subcommand, level))
                                        : unknown_subcommand(left_over, level);
}

[[noreturn]] void explain(const CLI::ParseError& error, const CLI::App& app, const Words& words, bool dashes,
                          unsigned subcommand)
{
    const std::string level = level_of(app);
    const std::vector<std::string> remaining = app.remaining(true);
    const std::string_view left_over = remaining.empty() ? "" : harmless(words.whole(remaining.front()));
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !dashes && level.ends_with(" run"))
        throw Error(ExitCode::usage, "{} ({})", put_dashes(level), unexpected(left_over));
    throw Error(ExitCode::usage, "{}; see {} --help", what_is_wrong(error, left_over, level, subcommand), level);
}

bool takes_value(std::string_view name)
{
    return std::any_of(k_flags.begin(), k_flags.end(), [name](const Flag* flag) {
        return flag->name == name && flag->type != Type::on && flag->type != Type::word;
    });
}

// The words as CLI11 wants them, the last one first. It would take the word behind "--reason=" for the value, whatever
// that is: an empty value is a word of its own.
std::vector<std::string> words_for_cli11(char** begin, char** end)
{
    std::vector<std::string> reversed;
    while (end != begin) {
        const std::string_view word = *--end;
        const bool is_empty =
            word.starts_with("--") && word.ends_with('=') && takes_value(word.substr(2, word.size() - 3));
        if (is_empty)
            reversed.emplace_back();
        reversed.emplace_back(word.substr(0, word.size() - (is_empty ? 1 : 0)));
    }
    return reversed;
}

std::list<Subcommand>::iterator parsed_one(std::list<Subcommand>& subcommands)
{
    return std::find_if(subcommands.begin(), subcommands.end(), [](const Subcommand& s) { return s.app->parsed(); });
}

// limiters help sem run: `words` are "sem" and "run". Whoever asks for help on help is told what there is.
HelpOptions help_with(std::vector<std::string> words)
{
    std::erase_if(words, [](const std::string& word) { return word == "help" || word == "--help" || word == "-h"; });
    const std::string path = fmt::format("{}", fmt::join(words, " "));
    const auto* const known = std::find_if(k_subcommand_words.begin(), k_subcommand_words.end(),
                                           [&path](const SubcommandWords& s) { return s.path == path; });
    if (known == k_subcommand_words.end())
        throw Error(ExitCode::usage, "{}; see limiters --help", unknown_subcommand(harmless(path), "limiters"));
    std::vector<std::string> line = std::move(words);
    line.insert(line.begin(), "limiters");
    line.emplace_back("--help");
    std::vector<char*> argv;
    argv.reserve(line.size());
    for (std::string& word : line)
        argv.push_back(word.data());
    return {std::string(known->page),
            std::get<Information>(parse_command_line(static_cast<int>(argv.size()), argv.data()).command).text};
}

// Whoever is on the host can read what a process was started with, and a holder and its keeper run for long: a password
// does not stand there for longer than it takes to read it.
void hide_password(char* word)
{
    const std::string_view text(word);
    const std::size_t scheme = text.find("://");
    const std::size_t at = text.rfind('@');
    const std::size_t colon = scheme == text.npos ? text.npos : text.find(':', scheme + 3);
    if (at != text.npos && colon < at)
        std::fill(word + colon + 1, word + at, '*');
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
    std::optional<CommandLine> plain = read_plain_line(argc, argv);
    CommandLine line = plain ? std::move(*plain) : parse_with_cli11(argc, argv);
    for (char** word = argv; word != argv + argc && *word != std::string_view("--"); ++word)
        hide_password(*word);
    return line;
}

CommandLine parse_with_cli11(int argc, char** argv)
{
    char** const end = argv + argc;
    char** const dashes = std::find_if(argv, end, [](const char* word) { return std::string_view(word) == "--"; });
    const std::vector<std::string> command(dashes == end ? end : dashes + 1, end);

    CommandLine line;
    if (argc > 1 && argv[1] == std::string_view("help")) {
        line.command = help_with({argv + 2, dashes});
        return line;
    }
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
        app.parse(words_for_cli11(std::min(argv + 1, dashes), dashes));
    } catch (const CLI::CallForHelp&) {
        line.command = Information{app.help()};
        return line;
    } catch (const CLI::CallForVersion&) {
        const CLI::Option* verbose = app.get_option_no_throw("--verbose");
        line.command = VersionOptions{verbose != nullptr && !verbose->empty()};
        return line;
    } catch (const CLI::ParseError& error) {
        const auto named = parsed_one(subcommands);
        explain(error, app, words, dashes != end, named != subcommands.end() ? named->subcommand : 0);
    }
    const auto parsed = parsed_one(subcommands);
    line.command = std::move(parsed->options);
    std::visit(TakeCommand{command, dashes != end, app}, line.command);
    return line;
}

}  // namespace options
