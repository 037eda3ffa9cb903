#include "base/message.hpp"
#include "commands/ask.hpp"
#include "commands/execute.hpp"
#include "commands/print.hpp"
#include "commands/session.hpp"
#include "commands/status/report.hpp"
#include "local/server.hpp"
#include "options/flags.hpp"
#include "redis/masters.hpp"

#include <fnmatch.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <set>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;
using limiter::Kind;
using limiter::LimiterName;

constexpr const char* k_subject = "status";

class Collector {
public:
    Collector(const Settings& settings, options::Text pattern)
        : m_asker(settings), m_prefix(settings.key_prefix), m_pattern(std::move(pattern))
    {
    }

    // One session for each master, and its limiters all in a row: no slot is moved to and fro.
    void collect(redis::Session& session)
    {
        if (!is_cluster(m_asker.ask(session, redis::spans_slots(k_subject, limiter::semaphore_keys(m_prefix, "a")[0],
                                                                limiter::semaphore_keys(m_prefix, "b")[0]))))
            return collect_from(session);
        const redis::Reply slots = m_asker.ask(session, redis::cluster_slots(k_subject));
        for (const redis::Server& master : redis::masters(slots, session.server())) {
            redis::Session there(master, base::Micros::zero());
            try {
                collect_from(there);
            } catch (const Error& e) {
                go_on_after(e);
            }
        }
    }

    [[nodiscard]] std::vector<LimiterReport> limiters() const
    {
        std::vector<LimiterReport> limiters;
        for (const auto& [name, status] : m_found)
            limiters.push_back({name, status});
        return limiters;
    }

    // The code of the first error; all that could be had is in the report.
    [[nodiscard]] ExitCode exit_code() const { return m_exit_code; }

private:
    using Status = decltype(LimiterReport::status);

    void collect_from(redis::Session& session)
    {
        const std::string match = limiter::limiters_pattern(m_prefix);
        std::set<LimiterName> names;
        std::string cursor = "0";
        do {
            redis::Scanned round = redis::scanned(m_asker.ask(session, redis::scan(k_subject, cursor, match)));
            for (const std::string& key : round.keys)
                if (auto name = limiter::limiter_of_key(key, m_prefix); name && wanted(name->name))
                    names.insert(std::move(*name));
            cursor = std::move(round.cursor);
        } while (cursor != "0");
        for (const LimiterName& name : names) {
            try {
                look_at(session, name);
            } catch (const Error& e) {
                if (e.code() != ExitCode::internal)
                    throw;
                go_on_after(e);
            }
        }
    }

    [[nodiscard]] bool wanted(const std::string& name) const
    {
        return !m_pattern || ::fnmatch(m_pattern->c_str(), name.c_str(), 0) == 0;
    }

    // One that has gone by now is left out.
    void look_at(redis::Session& session, const LimiterName& limiter)
    {
        if (limiter.kind == Kind::semaphore) {
            if (auto status =
                    limiter::whole_semaphore_status(m_prefix, limiter.name, [&](const redis::Request& request) {
                        return m_asker.ask(session, request);
                    }))
                m_found.insert_or_assign(limiter, std::move(*status));
        } else if (auto status = limiter::read_bucket_status(
                       m_asker.ask(session, limiter::bucket_status(m_prefix, limiter.name)))) {
            m_found.insert_or_assign(limiter, *status);
        }
    }

    // A key of another type, or a master that is away, hides no more than itself.
    void go_on_after(const Error& e)
    {
        base::message::error(e.what());
        m_exit_code = m_exit_code == ExitCode::ok ? e.code() : m_exit_code;
    }

    Asker m_asker;
    const std::string& m_prefix;
    options::Text m_pattern;
    std::map<LimiterName, Status> m_found;
    ExitCode m_exit_code = ExitCode::ok;
};

bool set_and_not_empty(const char* variable)
{
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

Screen screen()
{
    Screen screen;
    winsize size{};
    if (::isatty(STDOUT_FILENO) != 1)
        return screen;
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        screen.width = size.ws_col;
    screen.color =
        !set_and_not_empty("NO_COLOR") && set_and_not_empty("TERM") && std::getenv("TERM") != std::string("dumb");
    return screen;
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::StatusOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settle(sources);
    const redis::Server server = settings.server.value_or(local::address());
    Collector collector(settings, options.text(options::k_pattern));
    if (auto session = open_existing_session(settings))
        collector.collect(*session);
    const Report report{server.display(), settings.key_prefix, collector.limiters()};
    if (report.limiters.empty() && collector.exit_code() == ExitCode::ok)
        base::message::detail(fmt::format("{}: there are no such limiters", server.display()));
    print(options.has(options::k_json) ? json(report) : table(report, screen()));
    return collector.exit_code();
}

}  // namespace commands
