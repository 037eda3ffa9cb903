#include "options/command_line.hpp"
#include "base/error.hpp"
#include "options/exit_codes.hpp"
#include "options/flags.hpp"
#include "options/plain_line.hpp"

#include <doctest/doctest.h>
#include <fmt/ranges.h>

#include <random>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

using options::BucketRunOptions;
using options::CommandLine;
using options::Information;
using options::SemRunOptions;

namespace {

CommandLine parse(std::vector<std::string> words)
{
    words.insert(words.begin(), "limiters");
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    return options::parse_command_line(static_cast<int>(words.size()), argv.data());
}

SemRunOptions sem(const std::vector<std::string>& words)
{
    return std::get<SemRunOptions>(parse(words).command);
}

// The message of a usage error; empty if there is none.
std::string usage_error(const std::vector<std::string>& words)
{
    try {
        parse(words);
    } catch (const base::Error& e) {
        return e.code() == base::ExitCode::usage ? e.what() : "not a usage error";
    }
    return {};
}

}  // namespace

TEST_CASE("nothing is looked at yet: texts stay texts")
{
    const SemRunOptions options = sem({"sem", "run", "--capacity", "abc", "--name", "{", "--", "x"});
    CHECK(options.text(options::k_slots) == "abc");
    CHECK(options.text(options::k_name_of_run) == "{");
    CHECK(!options.has(options::k_max_sleep));
    CHECK(!options.has(options::k_expiry));
}

TEST_CASE("the short forms mean the long ones")
{
    const SemRunOptions options = sem({"sem", "run", "-j", "3", "-w", "5", "-n", "-E", "9", "--", "x"});
    CHECK(options.text(options::k_slots) == "3");
    CHECK(options.text(options::k_max_sleep) == "5");
    CHECK(options.has(options::k_no_wait));
    CHECK(options.text(options::k_conflict_exit_code) == "9");
}

TEST_CASE("a value may stand behind an equals sign or close to its short form")
{
    const SemRunOptions options = sem({"sem", "run", "--capacity=3", "-w5", "--name=a=b", "--", "x"});
    CHECK(options.text(options::k_slots) == "3");
    CHECK(options.text(options::k_max_sleep) == "5");
    CHECK(options.text(options::k_name_of_run) == "a=b");
}

TEST_CASE("of an option given twice the last counts, as in other programs")
{
    CHECK(sem({"sem", "run", "-j", "3", "--capacity", "4", "--", "x"}).text(options::k_slots) == "4");
}

TEST_CASE("no two options of one subcommand share a name or a letter, nor one with those of all commands")
{
    for (const options::Flag* a : options::k_flags)
        for (const options::Flag* b : options::k_flags) {
            const bool meet = (a->subcommands & b->subcommands) != 0 || (a->subcommands & options::on::global) != 0;
            if (a == b || !meet)
                continue;
            CHECK_MESSAGE(a->name != b->name, a->name);
            CHECK_MESSAGE((a->letter == '\0' || a->letter != b->letter), a->name);
        }
}

TEST_CASE("GLOBAL options stand anywhere before the dashes")
{
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--redis", "u", "-q", "sem", "run", "--", "x"},
          std::vector<std::string>{"sem", "--redis", "u", "-q", "run", "--", "x"},
          std::vector<std::string>{"sem", "run", "-q", "-j", "1", "--redis", "u", "--", "x"},
          std::vector<std::string>{"bucket", "run", "--rate", "1/s", "--redis=u", "--quiet", "--", "x"}}) {
        const CommandLine line = parse(words);
        CHECK(line.global.text(options::k_redis) == "u");
        CHECK(line.global.has(options::k_quiet));
        CHECK(!line.global.has(options::k_verbose));
    }
}

TEST_CASE("every word behind the first dashes is CMD's, byte for byte")
{
    const std::vector<std::string> command{"x",  "[.a,.b]", "--",       "-q",      "--help",      "", "a b", "[]",
                                           "[a", "{}",      "\xff\x01", "--redis", "--capacity=9"};
    std::vector<std::string> words{"sem", "run", "--capacity", "1", "--"};
    words.insert(words.end(), command.begin(), command.end());
    CHECK(sem(words).command == command);
    CHECK(parse(words).global == options::GlobalOptions{});
}

TEST_CASE("without dashes the error says where to put them")
{
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"sem", "run", "--capacity", "1", "echo", "hi"},
          std::vector<std::string>{"sem", "run", "echo"}, std::vector<std::string>{"sem", "run", "--capacity", "1"},
          std::vector<std::string>{"bucket", "run", "--rate", "1/s", "curl", "-O"}})
        CHECK(usage_error(words).find("put -- before the command") != std::string::npos);
}

TEST_CASE("that error names the subcommand that was used, and stands there alone")
{
    const std::string put = "put -- before the command: limiters ";
    CHECK(usage_error({"sem", "run", "-j", "1"}) == put + "sem run OPTIONS -- CMD [ARG...]");
    CHECK(usage_error({"bucket", "run", "--rate", "1/s"}) == put + "bucket run OPTIONS -- CMD [ARG...]");
    CHECK(usage_error({"bucket", "run", "curl", "-O"}) ==
          put + "bucket run OPTIONS -- CMD [ARG...] (not expected here: 'curl')");
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"status", "--jso"}, std::vector<std::string>{"server", "stop", "--forc"},
          std::vector<std::string>{"reset", "bucket", "a", "b"}, std::vector<std::string>{"sem", "ru"},
          std::vector<std::string>{"sem", "acquire", "--name", "x", "-n5"}})
        CHECK_MESSAGE(usage_error(words).find("put --") == std::string::npos, fmt::format("{}", fmt::join(words, " ")));
}

TEST_CASE("the first word that is not expected is told, with the level whose help tells more")
{
    CHECK(usage_error({"status", "a", "b"}) == "not expected here: 'b'; see limiters status --help");
    CHECK(usage_error({"bucket", "pipe", "--max-sleep", "3"}) ==
          "not expected here: '--max-sleep'; see limiters bucket pipe --help");
    CHECK(usage_error({"sem", "run", "one", "-Z", "two", "--", "x"}) ==
          "not expected here: 'one'; see limiters sem run --help");
    CHECK(usage_error({"sem", "run", "-qn5", "-Z", "--", "x"}) ==
          "not expected here: '-qn5'; see limiters sem run --help");
    CHECK(usage_error({"sem", "run", "-j"}).ends_with("; see limiters sem run --help"));
}

TEST_CASE("a password in words that are not expected is not told")
{
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--reddis", "redis://:s3cret@h", "sem", "run", "-j", "1", "--", "x"},
          std::vector<std::string>{"sem", "run", "-j", "1", "--reddis=redis://:s3cret@h", "--", "x"},
          std::vector<std::string>{"sem", "run", "-j", "1", "mysql", "-ps3cret"},
          std::vector<std::string>{"sem", "--password=s3cret", "--", "x"},
          std::vector<std::string>{"redis://:s3cret@h", "sem", "run", "--", "x"},
          std::vector<std::string>{"sem", "run", "redis://:s3cret@h", "--", "x"}})
        CHECK(usage_error(words).find("s3cret") == std::string::npos);
    CHECK(usage_error({"--password", "s3cret", "sem", "run", "--", "x"}) ==
          "not expected here: '--password' (did you mean --password-file?); see limiters sem run --help");
    CHECK(usage_error({"sem", "run", "--reddis=x", "--", "x"}) ==
          "not expected here: '--reddis' (did you mean --redis?); see limiters sem run --help");
}

TEST_CASE("an unknown subcommand is named, with the level that it was looked for in")
{
    CHECK(usage_error({"foo"}) == "unknown subcommand 'foo'; see limiters --help");
    CHECK(usage_error({"sem", "ru", "-j", "1", "--", "x"}) ==
          "unknown subcommand 'ru' (did you mean 'limiters sem run'?); see limiters sem --help");
    CHECK(usage_error({"-q", "server", "foo"}) == "unknown subcommand 'foo'; see limiters server --help");
}

TEST_CASE("a subcommand that was left out is missed where it should stand")
{
    CHECK(usage_error({}) == "a subcommand is missing; see limiters --help");
    CHECK(usage_error({"bucket"}) == "a subcommand is missing; see limiters bucket --help");
    CHECK(usage_error({"sem", "-j", "1", "--", "x"}) == "a subcommand is missing before '-j'; see limiters sem --help");
}

TEST_CASE("dashes with nothing behind them are a usage error")
{
    CHECK(usage_error({"sem", "run", "--capacity", "1", "--"}) == "no command after --");
    CHECK(usage_error({"bucket", "run", "--rate", "1/s", "--"}) == "no command after --");
}

TEST_CASE("what is not known, or lacks its value or its subcommand, is a usage error in one line")
{
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{}, std::vector<std::string>{"--", "x"}, std::vector<std::string>{"sem"},
          std::vector<std::string>{"sem", "--", "x"}, std::vector<std::string>{"run", "--", "x"},
          std::vector<std::string>{"semaphore", "run", "--", "x"}, std::vector<std::string>{"sem", "walk", "--", "x"},
          std::vector<std::string>{"sem", "run", "--frobnicate", "--", "x"},
          std::vector<std::string>{"sem", "run", "-j", "--", "x"},
          std::vector<std::string>{"sem", "run", "--capacity", "--", "x"},
          std::vector<std::string>{"sem", "run", "-j", "1", "stray", "--", "x"},
          std::vector<std::string>{"sem", "run", "--rate", "1/s", "--", "x"},
          std::vector<std::string>{"bucket", "run", "--weight", "1", "--", "x"},
          std::vector<std::string>{"sem", "run", "bucket", "run", "--", "x"},
          std::vector<std::string>{"sem", "run", "--capa", "1", "--", "x"},
          std::vector<std::string>{"sem", "run", "-Z", "--", "x"},
          std::vector<std::string>{"sem", "run", "-quiet", "--", "x"},
          std::vector<std::string>{"sem", "run", "--quiet=maybe", "--", "x"}}) {
        const std::string said = usage_error(words);
        CHECK_MESSAGE(!said.empty(), fmt::format("{}", fmt::join(words, " ")));
        CHECK(said != "not a usage error");
        CHECK_MESSAGE(said.find('\n') == std::string::npos, said);
    }
}

TEST_CASE("help and version are information, wherever they stand before the dashes")
{
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--help"}, std::vector<std::string>{"-h"}, std::vector<std::string>{"sem", "--help"},
          std::vector<std::string>{"sem", "run", "--help"}, std::vector<std::string>{"bucket", "run", "-h"},
          std::vector<std::string>{"sem", "run", "--capacity", "1", "--help", "--", "x"}}) {
        CHECK(std::holds_alternative<Information>(parse(words).command));
    }
    CHECK(std::holds_alternative<options::VersionOptions>(parse({"--version"}).command));
}

TEST_CASE("help shows every exit code with its meaning")
{
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--help"}, std::vector<std::string>{"sem", "run", "--help"},
          std::vector<std::string>{"bucket", "run", "--help"}}) {
        const std::string text = std::get<Information>(parse(words).command).text;
        for (const auto& [code, meaning] : options::k_exit_codes)
            CHECK_MESSAGE(text.find(std::to_string(base::number_of(code)) + "  ") != std::string::npos,
                          std::string(meaning));
        for (const auto& entry : options::k_exit_codes)
            CHECK(text.find(entry.meaning) != std::string::npos);
    }
}

namespace {

// Some words of a line, as they come: mostly such as belong to each other, now and then any others.
std::vector<std::string> any_words(std::mt19937& random)
{
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
    const auto any_of = [&](const std::vector<std::string>& words) { return words[below(words.size())]; };
    const auto option = [&] {
        const options::Flag& flag = *options::k_flags[below(options::k_flags.size())];
        const std::string name =
            flag.letter != '\0' && below(3) == 0 ? std::string("-") + flag.letter : "--" + std::string(flag.name);
        const std::string value =
            any_of({"5",   "1m", "a-b", "sem", "run", "",   "-n", "--name", "[a,b]", "'q'", "x=y", "redis://h:1/2",
                    "1e3", "ü",  "a b", "%41", "{}",  "--", "=",  "stop",   "-1"});
        std::vector<std::string> out{name};
        if (below(4) == 0)
            out = {name + "=" + value};
        else if ((flag.type != options::Type::on) != (below(8) == 0))
            out.push_back(value);
        return out;
    };
    std::vector<std::string> words;
    const auto add = [&](const std::vector<std::string>& more) { words.insert(words.end(), more.begin(), more.end()); };
    for (std::size_t i = below(3) == 0 ? below(3) : 0; i > 0; --i)
        add(option());
    words.push_back(any_of({"sem", "sem", "sem", "bucket", "bucket", "status", "help", "run"}));
    if (below(6) == 0)
        add(option());
    words.push_back(any_of({"run", "run", "run", "acquire", "acquire", "renew", "pipe", "sem"}));
    for (std::size_t i = below(5); i > 0; --i)
        add(option());
    if (below(8) == 0)
        words.push_back(any_of({"word", "-", "-V", "--version", "-h", "run", ""}));
    if (below(4) != 0)
        add({"--", "cmd", "--name", "[x]"});
    return words;
}

}  // namespace

TEST_CASE("a plain line is read as CLI11 reads it, and nothing else is taken for plain")
{
    std::mt19937 random(1);
    int plain = 0;
    for (int round = 0; round < 20000; ++round) {
        std::vector<std::string> words = any_words(random);
        words.insert(words.begin(), "limiters");
        std::vector<char*> argv;
        for (std::string& word : words)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        const auto argc = static_cast<int>(words.size());
        const auto read = options::read_plain_line(argc, argv.data());
        if (!read)
            continue;
        ++plain;
        CAPTURE(fmt::format("{}", fmt::join(words, " ")));
        const CommandLine by_cli11 = options::parse_with_cli11(argc, argv.data());
        CHECK(static_cast<const options::Given&>(read->global) == by_cli11.global);
        REQUIRE(read->command.index() == by_cli11.command.index());
        std::visit(
            [&](const auto& options) {
                using Options = std::decay_t<decltype(options)>;
                if constexpr (std::is_base_of_v<options::Given, Options>)
                    CHECK(static_cast<const options::Given&>(options) == std::get<Options>(by_cli11.command));
                if constexpr (requires { options.command; })
                    CHECK(options.command == std::get<Options>(by_cli11.command).command);
            },
            read->command);
    }
    CHECK(plain > 500);
}
