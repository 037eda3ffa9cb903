// The subcommands as CLI11 knows them: their options, and what --help says of them.
#pragma once

#include "options/cli11.hpp"
#include "options/command_line.hpp"
#include "options/words.hpp"

#include <list>
#include <string>

namespace options {

// The usage line of a help text. CLI11 2.1 has no other way to say what stands behind "--".
class UsageLine : public CLI::Formatter {
public:
    explicit UsageLine(std::string text) : m_text(std::move(text)) {}
    std::string make_usage(const CLI::App* /*app*/, std::string /*name*/) const override
    {
        return "Usage: " + m_text + "\n";
    }

private:
    std::string m_text;
};

struct Subcommand {
    const CLI::App* app;
    unsigned subcommand;  // options/flag.hpp: on
    Command options;      // the subcommand's own struct, filled by parsing
};

// Where options are added, and the words they are for: those that no word can mean are left out.
struct Syntax {
    CLI::App& app;
    const Words& words;
};

// Adds the options of this subcommand (options/flag.hpp: `on`), which fill `given`; that must live as long as the app.
void add_flags(Syntax s, unsigned subcommand, Given& given);

// The table of exit codes as --help has it.
std::string exit_code_help();

// The examples of a subcommand ("sem run"), or, for "", of `limiters` itself.
std::string examples_of(std::string_view path);

// Adds all subcommands; the result must live as long as the app.
std::list<Subcommand> add_subcommands(Syntax syntax);

}  // namespace options
