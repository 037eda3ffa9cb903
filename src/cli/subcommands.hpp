// The subcommands as CLI11 knows them: their options, and what --help says of them.
#pragma once

#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include <list>
#include <string>

namespace cli {

// CLI11 2.1 has no other way to say what stands behind "--".
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
    Command options;  // the subcommand's own struct, filled by parsing
};

// An option with a value; the last one given counts.
void add_text(CLI::App& app, const std::string& names, Text& target, const std::string& type,
              const std::string& description);

// The part of --help that every level ends with.
std::string exit_code_help();

// Adds all subcommands to `app`; the result must live as long. Those that cannot be meant by these words get no
// options: each option costs start-up time.
std::list<Subcommand> add_subcommands(CLI::App& app, const std::vector<std::string_view>& words);

}  // namespace cli
