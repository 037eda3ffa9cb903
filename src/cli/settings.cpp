#include "cli/settings.hpp"

#include "base/message.hpp"
#include "cli/read_text.hpp"
#include "cli/setting_table.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace cli {

namespace {

using base::Error;
using base::ExitCode;
using base::Micros;

constexpr Micros k_shortest_timeout{10000};
constexpr Micros k_longest_timeout{3600000000};

std::optional<std::string> from_environment(std::string_view setting)
{
    const char* value = std::getenv(variable_of(setting).c_str());
    return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

Text config_name(const GlobalOptions& options)
{
    return options.config ? options.config : from_environment("config");
}

redis::Server server(const FoundSetting& found)
{
    try {
        redis::Server server = redis::parse_url(found.text);
        if (found.open_to_others && !server.password.empty())
            throw Error(ExitCode::config,
                        "{}: anyone on this host can read this file and the password in it: chmod o-r, or "
                        "use password-file",
                        found.source.label);
        return server;
    } catch (const redis::BadUrl& e) {
        throw Error(found.source.code, "{}: {}", found.source.label, e.what());
    }
}

// Who may read it is asked before its text is.
base::Secret password_from(const FoundSetting& found)
{
    struct stat status {};
    const bool exists =
        ::stat(found.text.c_str(), &status) == 0 && (S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode));
    if (exists && (status.st_mode & S_IROTH) != 0)
        throw Error(ExitCode::config, "{} '{}': anyone on this host can read it: chmod o-r", found.source.label,
                    found.text);
    if (!exists)
        reject(found.source, found.text, "no file that can be read");
    try {
        std::string line = read_text(found.text, '\n');
        if (line.ends_with('\r'))  // the file comes from an editor of Windows
            line.pop_back();
        if (line.empty())
            reject(found.source, found.text, "its first line is empty");
        return base::Secret(std::move(line));
    } catch (const Unreadable& e) {
        reject(found.source, found.text, e.what());
    }
}

// Absolute: the files are read at each connection, and a keeper of a lease has another current folder.
redis::TlsPath tls_path(const SettingSources& sources, std::string_view setting)
{
    const auto found = sources.find(setting);
    if (!found || found->text.empty())
        return {};
    std::error_code error;
    const std::string absolute = std::filesystem::absolute(found->text, error).string();
    return {error ? found->text : absolute, found->source.label, found->source.code};
}

redis::TlsOptions tls_options(const SettingSources& sources, bool tls)
{
    const auto server_name = sources.find("tls-server-name");
    redis::TlsOptions options{tls_path(sources, "tls-ca"), tls_path(sources, "tls-cert"), tls_path(sources, "tls-key"),
                              server_name ? server_name->text : std::string(),
                              sources.second_of("tls-insecure", "0", "1")};
    if (tls && options.insecure)
        base::message::warning(
            "--tls-insecure: the server's certificate is not verified; anyone in between can read and "
            "change what is said");
    return options;
}

void set_level(const SettingSources& sources)
{
    if (sources.second_of("quiet", "0", "1"))
        base::message::set_level(base::message::Level::quiet);
    else if (sources.second_of("verbose", "0", "1"))
        base::message::set_level(base::message::Level::verbose);
}

}  // namespace

std::string variable_of(std::string_view setting)
{
    std::string variable = "LIMITERS_";
    for (const char c : setting)
        variable += c == '-' ? '_' : static_cast<char>(c & ~0x20);
    return variable;
}

SettingSources::SettingSources(GlobalOptions options)
    : m_options(std::move(options)), m_files(read_config_files(config_name(m_options)))
{
}

std::optional<FoundSetting> SettingSources::find(std::string_view setting, const Text& flag) const
{
    const auto given = m_options.values.find(setting);
    if (flag || given != m_options.values.end())
        return FoundSetting{{fmt::format("--{}", setting)}, flag ? *flag : given->second};
    if (auto text = from_environment(setting))
        return FoundSetting{{variable_of(setting), ExitCode::config}, std::move(*text)};
    for (const ConfigFile& file : m_files)
        if (const auto value = file.values.find(setting); value != file.values.end())
            return FoundSetting{{fmt::format("{}: {}", value->second.place, setting), ExitCode::config},
                                value->second.text,
                                file.open_to_others};
    return std::nullopt;
}

bool SettingSources::second_of(std::string_view setting, std::string_view first, std::string_view second,
                               const Text& flag) const
{
    const auto found = find(setting, flag);
    return found && cli::second_of(found->source, found->text, first, second);
}

Settings settle(const SettingSources& sources)
{
    Settings settings;
    set_level(sources);
    if (const auto found = sources.find("redis")) {
        settings.server = server(*found);
        settings.server->tls_options = tls_options(sources, settings.server->tls);
        if (const auto file = sources.find("password-file"))
            settings.server->password = password_from(*file);
    }
    if (const auto found = sources.find("key-prefix"))
        settings.key_prefix = name(found->source, found->text);
    if (const auto found = sources.find("redis-timeout"))
        settings.redis_timeout = duration(found->source, found->text, k_shortest_timeout, k_longest_timeout);
    return settings;
}

}  // namespace cli
