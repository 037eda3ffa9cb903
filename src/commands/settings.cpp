#include "commands/settings.hpp"

#include "base/message.hpp"
#include "options/flags.hpp"
#include "options/read_text.hpp"

#include <sys/stat.h>

#include <filesystem>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;
using base::Micros;

redis::Server server(const options::FoundSetting& found)
{
    try {
        redis::Server server = redis::parse_url(found.text);
        if (found.open_to_others && !server.password.empty())
            throw Error(ExitCode::config,
                        "{}: anyone on this host can read this file and the password in it: chmod o-r, or "
                        "use {}",
                        found.source.label, options::k_password_file.name);
        return server;
    } catch (const redis::BadUrl& e) {
        throw Error(found.source.code, "{}: {}", found.source.label, e.what());
    }
}

// The owner and mode of the file are looked at first, because a password that others can read is refused unread.
base::Secret password_from(const options::FoundSetting& found)
{
    struct stat status {};
    const bool exists =
        ::stat(found.text.c_str(), &status) == 0 && (S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode));
    if (exists && (status.st_mode & S_IROTH) != 0)
        throw Error(ExitCode::config, "{} '{}': anyone on this host can read it: chmod o-r", found.source.label,
                    found.text);
    if (!exists)
        options::reject(found.source, found.text, "no file that can be read");
    try {
        std::string line = options::read_text(found.text, '\n');
        if (line.ends_with('\r'))  // the file comes from an editor of Windows
            line.pop_back();
        if (line.empty())
            options::reject(found.source, found.text, "its first line is empty");
        return base::Secret(std::move(line));
    } catch (const options::Unreadable& e) {
        options::reject(found.source, found.text, e.what());
    }
}

// The path is made absolute, because the files are read at each connection, and a keeper of a lease has another current
// folder.
redis::TlsPath tls_path(const options::SettingSources& sources, const options::Flag& setting)
{
    const auto found = sources.find(setting);
    if (!found || found->text.empty())
        return {};
    std::error_code error;
    const std::string absolute = std::filesystem::absolute(found->text, error).string();
    return {error ? found->text : absolute, found->source.label, found->source.code};
}

redis::TlsOptions tls_options(const options::SettingSources& sources, bool tls)
{
    const auto server_name = sources.find(options::k_tls_server_name);
    redis::TlsOptions options{tls_path(sources, options::k_tls_ca), tls_path(sources, options::k_tls_cert),
                              tls_path(sources, options::k_tls_key), server_name ? server_name->text : std::string(),
                              sources.second_of(options::k_tls_insecure)};
    if (tls && options.insecure)
        base::message::warning(
            "--tls-insecure: the server's certificate is not verified; anyone in between can read and "
            "change what is said");
    return options;
}

void set_level(const options::SettingSources& sources)
{
    if (sources.second_of(options::k_quiet))
        base::message::set_level(base::message::Level::quiet);
    else if (sources.second_of(options::k_verbose))
        base::message::set_level(base::message::Level::verbose);
}

}  // namespace

Settings settings_from(const options::SettingSources& sources)
{
    Settings settings;
    set_level(sources);
    if (const auto found = sources.find(options::k_redis)) {
        settings.server = server(*found);
        settings.server->tls_options = tls_options(sources, settings.server->tls);
        if (const auto file = sources.find(options::k_password_file))
            settings.server->password = password_from(*file);
    }
    if (const auto found = sources.find(options::k_key_prefix))
        settings.key_prefix = options::name(found->source, found->text);
    settings.redis_timeout = sources.duration(options::k_redis_timeout);
    return settings;
}

}  // namespace commands
