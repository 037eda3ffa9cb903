#include "options/plain_line.hpp"

#include "options/flags.hpp"

#include <algorithm>
#include <span>

namespace options {

namespace {

struct Verb {
    std::string_view group;
    std::string_view name;
    unsigned subcommand;
    bool runs;  // a command behind the dashes
};

constexpr std::array k_verbs{
    Verb{"sem", "run", on::sem_run, true},
    Verb{"sem", "acquire", on::sem_acquire, false},
    Verb{"bucket", "run", on::bucket_run, true},
    Verb{"bucket", "acquire", on::bucket_acquire, false},
};

// CLI11 looks for quotes and brackets in a value, and what begins with a dash may be a slip.
bool is_plain(std::string_view value)
{
    static constexpr std::string_view others = "._/:+@,=-%~";
    return !value.empty() && value.front() != '-' && std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               others.find(c) != others.npos;
    });
}

class Reader {
public:
    explicit Reader(std::span<char*> words) : m_words(words) {}

    // False where a word is not plain.
    bool read()
    {
        while (m_next < m_words.size())
            if (!read_word(m_words[m_next++]))
                return false;
        return m_verb != nullptr;
    }

    [[nodiscard]] const Verb& verb() const { return *m_verb; }
    Given& own() { return m_own; }
    GlobalOptions& global() { return m_global; }

private:
    bool read_word(std::string_view word)
    {
        if (word.starts_with("--"))
            return read_option(
                find([name = word.substr(2, word.find('=') - 2)](const Flag& f) { return f.name == name; }),
                word.substr(std::min(word.find('='), word.size())));
        if (word.starts_with('-') && word.size() == 2)
            return read_option(find([letter = word[1]](const Flag& f) { return f.letter == letter; }), "");
        return read_path(word);
    }

    bool read_path(std::string_view word)
    {
        if (m_group.empty()) {
            m_group = word;
            return true;
        }
        const auto* const found = std::find_if(k_verbs.begin(), k_verbs.end(), [this, word](const Verb& verb) {
            return verb.group == m_group && verb.name == word;
        });
        if (m_verb != nullptr || found == k_verbs.end())
            return false;
        m_verb = found;
        return true;
    }

    // The option that such words mean at this place; null if there is none, or one that takes its value in ways of its
    // own.
    template <typename Is>
    const Flag* find(Is is)
    {
        const unsigned here = on::global | (m_verb != nullptr ? m_verb->subcommand : 0);
        for (const Flag* flag : k_flags)
            if ((flag->subcommands & here) != 0 && is(*flag))
                return flag->type != Type::word && flag->or_equals.empty() ? flag : nullptr;
        return nullptr;
    }

    // `equals` is what stands behind the name: "=VALUE", or nothing.
    bool read_option(const Flag* flag, std::string_view equals)
    {
        if (flag == nullptr)
            return false;
        Given& given = (flag->subcommands & on::global) != 0 ? m_global : m_own;
        if (flag->type == Type::on) {
            given.put(*flag, "1");
            return equals.empty();
        }
        if (equals.empty() && m_next == m_words.size())
            return false;
        const std::string_view value = equals.empty() ? std::string_view(m_words[m_next++]) : equals.substr(1);
        given.put(*flag, std::string(value));
        return is_plain(value);
    }

    std::span<char*> m_words;
    std::size_t m_next = 0;
    std::string_view m_group;
    const Verb* m_verb = nullptr;
    GlobalOptions m_global;
    Given m_own;
};

template <typename Options>
Options with(Given&& given)
{
    Options options;
    static_cast<Given&>(options) = std::move(given);
    return options;
}

Command command_of(const Verb& verb, Given&& given)
{
    switch (verb.subcommand) {
    case on::sem_run: return with<SemRunOptions>(std::move(given));
    case on::sem_acquire: return with<SemAcquireOptions>(std::move(given));
    case on::bucket_run: return with<BucketRunOptions>(std::move(given));
    default: return with<BucketAcquireOptions>(std::move(given));
    }
}

}  // namespace

std::optional<CommandLine> read_plain_line(int argc, char** argv)
{
    const std::span<char*> words(argv + 1, argv + argc);
    if (words.size() == 1 && words.front() == std::string_view("--version"))
        return CommandLine{{}, VersionOptions{false}};
    const auto dashes =
        std::find_if(words.begin(), words.end(), [](const char* word) { return std::string_view(word) == "--"; });
    Reader reader(words.first(static_cast<std::size_t>(dashes - words.begin())));
    if (!reader.read() || reader.verb().runs != (words.end() - dashes > 1) ||
        (!reader.verb().runs && dashes != words.end()))
        return std::nullopt;
    CommandLine line{std::move(reader.global()), command_of(reader.verb(), std::move(reader.own()))};
    if (reader.verb().runs)
        std::visit(
            [&](auto& options) {
                if constexpr (requires { options.command; })
                    options.command.assign(dashes + 1, words.end());
            },
            line.command);
    return line;
}

}  // namespace options
