#include "targets.hpp"

#include "options/command_line.hpp"
#include "options/flags.hpp"
#include "options/values.hpp"

namespace {

// The values of all options that have one, as the commands read them.
struct Values {
    void operator()(const options::Given& given) const
    {
        for (const options::Flag* flag : options::k_flags)
            if (given.has(*flag) && flag->type == options::Type::number)
                read([&] { static_cast<void>(options::number(given, *flag)); });
            else if (given.has(*flag) && flag->type == options::Type::duration)
                read([&] { static_cast<void>(options::duration(given, *flag)); });
            else if (given.has(*flag) && flag->type == options::Type::choice)
                read([&] { static_cast<void>(options::second_of({label(*flag)}, *given.text(*flag), *flag)); });
    }

    template <typename Options>
    void operator()(const Options& /*options*/) const requires(!std::is_base_of_v<options::Given, Options>)
    {
    }

    template <typename Read>
    void read(Read&& value) const
    {
        try {
            value();
        } catch (const base::Error& error) {
            fuzz::require(error.code() == base::ExitCode::usage, "another code than 64");
        }
    }
};

class Words {
public:
    explicit Words(std::string_view lines) : m_words(fuzz::lines_of(lines))
    {
        m_words.insert(m_words.begin(), "limiters");
        for (std::string& word : m_words)
            m_argv.push_back(word.erase(std::min(word.find('\0'), word.size())).data());
        m_argv.push_back(nullptr);
    }

    // What came of the words: the options, or what is wrong.
    template <typename Parse>
    std::variant<options::CommandLine, std::string> parsed_by(Parse parse)
    {
        try {
            return parse(static_cast<int>(m_argv.size() - 1), m_argv.data());
        } catch (const base::Error& error) {
            fuzz::require(error.code() == base::ExitCode::usage, "another code than 64");
            return error.what();
        }
    }

private:
    std::vector<std::string> m_words;
    std::vector<char*> m_argv;
};

struct Same {
    template <typename Options>
    bool operator()(const Options& a, const Options& b) const
    {
        if constexpr (std::is_base_of_v<options::RunOptions, Options>)
            return a == b && a.command == b.command;
        else if constexpr (std::is_base_of_v<options::Given, Options>)
            return a == b;
        return true;  // texts for people
    }

    template <typename A, typename B>
    bool operator()(const A& /*a*/, const B& /*b*/) const
    {
        return false;
    }
};

}  // namespace

// A plain line is not given to CLI11, and must be read as CLI11 reads it.
void fuzz::words(std::string_view lines)
{
    const auto parsed = Words(lines).parsed_by(options::parse_command_line);
    const auto by_cli11 = Words(lines).parsed_by(options::parse_with_cli11);
    require(parsed.index() == by_cli11.index(), "a line is right in one way and wrong in the other");
    if (const auto* text = std::get_if<std::string>(&parsed))
        return require(*text == std::get<std::string>(by_cli11), "the two ways tell of two mistakes");
    const auto& line = std::get<options::CommandLine>(parsed);
    const auto& other = std::get<options::CommandLine>(by_cli11);
    require(line.global == other.global && std::visit(Same(), line.command, other.command), "a line has two meanings");
    Values()(line.global);
    std::visit(Values(), line.command);
}
