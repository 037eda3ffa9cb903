#include "local/server.hpp"
#include "base/message.hpp"
#include "commands/ask.hpp"
#include "commands/execute.hpp"
#include "commands/print.hpp"
#include "commands/session.hpp"
#include "limiter/keys.hpp"
#include "limiter/semaphore_status.hpp"
#include "options/flags.hpp"
#include "redis/masters.hpp"
#include "redis/server_info.hpp"

#include <set>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;

constexpr const char* k_subject = "server";

std::string advice()
{
    const pid_t pid = local::pid();
    return pid > 0 ? fmt::format("if it hangs: kill -9 {}", pid) : "if it hangs, kill it";
}

class LocalServer {
public:
    explicit LocalServer(const Settings& settings)
        : m_advice(advice()), m_asker(settings, m_advice), m_session(local::address(), settings.redis_timeout)
    {
    }

    [[nodiscard]] std::string description()
    {
        const redis::ServerInfo info = redis::server_info(m_asker.ask(m_session, redis::info(k_subject)));
        return fmt::format("{} {}, pid {}", info.product, info.version, info.pid);
    }

    // The semaphores of which somebody holds a slot, whatever their key prefix.
    [[nodiscard]] std::set<std::string> held()
    {
        std::set<std::string> held;
        std::string cursor = "0";
        do {
            redis::Scanned round =
                redis::scanned(m_asker.ask(m_session, redis::scan(k_subject, cursor, limiter::semaphores_pattern())));
            for (const std::string& key : round.keys)
                if (is_held(key))
                    held.insert(key);
            cursor = std::move(round.cursor);
        } while (cursor != "0");
        return held;
    }

    void shut_down()
    {
        m_asker.shut_down(m_session, k_subject);
        if (local::runs())
            throw Error(ExitCode::unavailable, "the local server at {} did not end within --redis-timeout; {}",
                        m_session.server().display(), m_advice);
    }

private:
    bool is_held(const std::string& key)
    {
        const auto semaphore = limiter::semaphore_of_key(key);
        if (!semaphore)
            return false;
        const auto status = limiter::read_semaphore_status(
            semaphore->prefix, semaphore->limiter.name, limiter::Part::first_slice,
            [this](const redis::Request& request) { return m_asker.ask(m_session, request); });
        return status && status->held_by > 0;
    }

    std::string m_advice;
    Asker m_asker;
    redis::Session m_session;
};

void require_not_held(const std::set<std::string>& held)
{
    if (held.empty())
        return;
    throw Error(ExitCode::conflict, "the local server at {} is in use: slots of {}{} are held; wait, or give --force",
                local::address().display(), limiter::semaphore_of_key(*held.begin())->limiter.subject(),
                held.size() > 1 ? fmt::format(" and {} more", held.size() - 1) : "");
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::ServerStartOptions& /*options*/)
{
    start_local_server(settings_from(options::SettingSources(global)).redis_timeout);
    return ExitCode::ok;
}

base::ExitCode execute(const options::GlobalOptions& global, const options::ServerStopOptions& options)
{
    const Settings settings = settings_from(options::SettingSources(global));
    if (!local::runs()) {
        base::message::detail("no local server runs");
        return ExitCode::ok;
    }
    LocalServer server(settings);
    const std::set<std::string> held = server.held();
    if (!options.has(options::k_force))
        require_not_held(held);
    // Until it has ended, and has removed its socket, no other may be started: it would remove the socket of that one.
    const base::Fd lock = local::lock(base::Deadline::after(settings.redis_timeout));
    if (!held.empty())
        local::mark_replaced();
    server.shut_down();
    return ExitCode::ok;
}

base::ExitCode execute(const options::GlobalOptions& global, const options::ServerStatusOptions& /*options*/)
{
    const Settings settings = settings_from(options::SettingSources(global));
    const std::string place = local::address().display();
    if (!local::runs()) {
        print(fmt::format("not running: {}\n", place));
        return ExitCode::unavailable;
    }
    print(fmt::format("running: {}, {}\n", place, LocalServer(settings).description()));
    return ExitCode::ok;
}

}  // namespace commands
