#include "commands/settings.hpp"
#include "options/flags.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using options::GlobalOptions;
using options::SettingSources;

namespace fs = std::filesystem;

namespace {

// These variables and files only, of those that limiters reads; gone afterwards. /etc/limiters.toml is left out by
// naming a file.
class Surroundings {
public:
    explicit Surroundings(std::initializer_list<std::pair<const char*, const char*>> variables = {},
                          const std::string& file = "")
    {
        std::string name = (fs::temp_directory_path() / "limiters-unit-XXXXXX").string();
        m_folder = ::mkdtemp(name.data());
        std::ofstream(path()) << file;
        fs::permissions(path(), fs::perms::owner_read | fs::perms::owner_write);
        clear();
        ::setenv("LIMITERS_CONFIG", path().c_str(), 1);
        for (const auto& [variable, value] : variables)
            ::setenv(variable, value, 1);
    }
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;
    ~Surroundings()
    {
        clear();
        fs::remove_all(m_folder);
    }

    [[nodiscard]] std::string path() const { return (m_folder / "limiters.toml").string(); }

private:
    static void clear()
    {
        std::vector<std::string> names;
        for (char** entry = environ; *entry != nullptr; ++entry)
            if (const std::string_view text(*entry); text.starts_with("LIMITERS_"))
                names.emplace_back(text.substr(0, text.find('=')));
        for (const std::string& name : names)
            ::unsetenv(name.c_str());
    }

    fs::path m_folder;
};

commands::Settings settings_of(const GlobalOptions& options = {})
{
    return commands::settings_from(SettingSources(options));
}

std::string refusal(const GlobalOptions& options = {})
{
    try {
        settings_of(options);
    } catch (const base::Error& e) {
        return std::to_string(base::number_of(e.code())) + ": " + e.what();
    }
    return {};
}

GlobalOptions flags(std::initializer_list<std::pair<std::string_view, std::string>> values)
{
    GlobalOptions given;
    for (const auto& [name, text] : values)
        for (const options::Flag* flag : options::k_flags)
            if (flag->name == name)
                given.put(*flag, text);
    return given;
}

}  // namespace

TEST_CASE("with neither flag, variable nor file there are the defaults, and no server is named")
{
    const Surroundings nothing;
    const commands::Settings settings = settings_of();
    CHECK(!settings.server);
    CHECK(settings.key_prefix == "limiters");
    CHECK(settings.redis_timeout == std::chrono::seconds(5));
}

TEST_CASE("a variable sets what no flag sets")
{
    const Surroundings variables{
        {{"LIMITERS_REDIS", "redis://h:1"}, {"LIMITERS_KEY_PREFIX", "p"}, {"LIMITERS_REDIS_TIMEOUT", "250ms"}}};
    const commands::Settings settings = settings_of();
    REQUIRE(settings.server);
    CHECK(settings.server->display() == "redis://h:1");
    CHECK(settings.key_prefix == "p");
    CHECK(settings.redis_timeout == std::chrono::milliseconds(250));
}

TEST_CASE("a file sets what neither flag nor variable sets, key by key")
{
    const Surroundings file{{{"LIMITERS_KEY_PREFIX", "variable"}},
                            "redis = 'redis://file'\nkey-prefix = 'file'\nredis-timeout = 0.5\n"};
    const commands::Settings settings = settings_of(flags({{"redis", "redis://flag"}}));
    CHECK(settings.server->display() == "redis://flag:6379");
    CHECK(settings.key_prefix == "variable");
    CHECK(settings.redis_timeout == std::chrono::milliseconds(500));
}

TEST_CASE("a flag wins over its variable, even over one with a bad value")
{
    const Surroundings variables{
        {{"LIMITERS_REDIS", "nonsense"}, {"LIMITERS_KEY_PREFIX", "{"}, {"LIMITERS_REDIS_TIMEOUT", "soon"}}};
    const commands::Settings settings =
        settings_of(flags({{"redis", "redis://flag"}, {"key-prefix", "flag"}, {"redis-timeout", "1"}}));
    CHECK(settings.server->display() == "redis://flag:6379");
    CHECK(settings.key_prefix == "flag");
    CHECK(settings.redis_timeout == std::chrono::seconds(1));
}

TEST_CASE("an empty variable counts as not set, an empty flag does not")
{
    const Surroundings variables{{{"LIMITERS_REDIS", ""}, {"LIMITERS_KEY_PREFIX", ""}, {"LIMITERS_QUIET", ""}}};
    CHECK(!settings_of().server);
    CHECK(settings_of().key_prefix == "limiters");
    CHECK(refusal(flags({{"redis", ""}})).starts_with("64: --redis: "));
}

TEST_CASE("a bad value is a usage error of the flag")
{
    const Surroundings nothing;
    CHECK(refusal(flags({{"redis-timeout", "soon"}})).starts_with("64: --redis-timeout 'soon'"));
    CHECK(refusal(flags({{"redis", "http://h"}})).starts_with("64: --redis: the scheme"));
    CHECK(refusal(flags({{"key-prefix", "{"}})).starts_with("64: --key-prefix: "));
}

TEST_CASE("a bad value is a configuration error of the variable")
{
    for (const auto& [variable, value] :
         std::initializer_list<std::pair<const char*, const char*>>{{"LIMITERS_REDIS", "http://h"},
                                                                    {"LIMITERS_KEY_PREFIX", "a{b"},
                                                                    {"LIMITERS_REDIS_TIMEOUT", "0"},
                                                                    {"LIMITERS_REDIS_TIMEOUT", "9ms"},
                                                                    {"LIMITERS_REDIS_TIMEOUT", "2h"},
                                                                    {"LIMITERS_QUIET", "yes"},
                                                                    {"LIMITERS_VERBOSE", "2"}}) {
        const Surroundings variables{{{variable, value}}};
        CHECK_MESSAGE(refusal().starts_with(std::string("78: ") + variable), variable);
    }
}

TEST_CASE("a bad value in a file is a configuration error with file and line")
{
    for (const std::string bad :
         {"redis = 'http://h'", "key-prefix = '{'", "redis-timeout = 'soon'", "redis-timeout = 0", "quiet = 'yes'",
          "verbose = 2", "redis = 7", "redis = ['a']", "redis = 2026-01-01", "quiet = {}", "redsi = 'redis://h'",
          "name = 'api'", "capacity = 5", "= 1", "redis =", "redis = redis://h", "[redis]",
          "redis = 'a'\nredis = 'b'"}) {
        const Surroundings file{{}, std::string("# a comment\n") + bad + "\n"};
        CHECK_MESSAGE(refusal().starts_with("78: " + file.path() + ":"), bad);
        CHECK_MESSAGE(refusal().starts_with("78: " + file.path() + ":1:") == false, bad);
    }
}

TEST_CASE("an unknown key is told with the nearest known one")
{
    const Surroundings file{{}, "redis-time-out = 1\n"};
    CHECK(refusal().ends_with(":1: unknown key 'redis-time-out': did you mean 'redis-timeout'?"));
}

TEST_CASE("a known key that is not near is not named")
{
    for (const std::string key : {"capacity", "name", "rate", "max-sleep", "expiry", "x"}) {
        const Surroundings file{{}, key + " = 1\n"};
        CHECK_MESSAGE(refusal().find("unknown key '" + key + "': only options with a variable") != std::string::npos,
                      refusal());
    }
    for (const std::string key : {"redsi", "redis-url", "Redis", "quite", "on-outages", "key_prefix", "tls"}) {
        const Surroundings file{{}, key + " = 1\n"};
        CHECK_MESSAGE(refusal().find("did you mean '") != std::string::npos, refusal());
    }
}

TEST_CASE("a named file that is missing is a configuration error, in flag and variable alike")
{
    const Surroundings nothing;
    GlobalOptions options;
    options.put(options::k_config, nothing.path() + ".missing");
    CHECK(refusal(options).starts_with("78: "));
    const Surroundings variable{{{"LIMITERS_CONFIG", "/nowhere/limiters.toml"}}};
    CHECK(refusal().starts_with("78: the configuration file /nowhere/limiters.toml"));
}

TEST_CASE("the password of a bad URL is not in the message")
{
    const Surroundings variables{{{"LIMITERS_REDIS", "redis://tom:hunter2@h:port"}}};
    CHECK(refusal().starts_with("78: LIMITERS_REDIS: the port"));
    CHECK(refusal().find("hunter2") == std::string::npos);
}

TEST_CASE("a password in a file that anyone can read is refused, and not shown")
{
    const Surroundings file{{}, "redis = 'redis://:hunter2@h'\n"};
    CHECK(refusal().empty());
    fs::permissions(file.path(), fs::perms::others_read, fs::perm_options::add);
    CHECK(refusal().starts_with("78: "));
    CHECK(refusal().find("hunter2") == std::string::npos);
}

TEST_CASE("a policy is found under its own name")
{
    const Surroundings variable{{{"LIMITERS_ON_LOST", "keep"}}};
    const SettingSources sources((GlobalOptions()));
    CHECK(sources.second_of(options::k_on_lost));
    CHECK(!sources.second_of(options::k_on_outage));
    CHECK(sources.find(options::k_on_lost)->source.label == "LIMITERS_ON_LOST");
    options::Given own;
    own.put(options::k_on_lost, "stop");
    const SettingSources with_flag(GlobalOptions(), own);
    CHECK(!with_flag.second_of(options::k_on_lost));
    CHECK(with_flag.find(options::k_on_lost)->source.label == "--on-lost");
}
