// Questions to the server by a command that starts nothing and keeps nothing: it may end at any time.
#pragma once

#include "base/advice.hpp"
#include "commands/settings.hpp"
#include "process/signals.hpp"
#include "redis/session.hpp"

#include <string>
#include <string_view>

namespace commands {

class Asker {
public:
    // `advice`: what to do about a server that does not answer at all.
    explicit Asker(const Settings& settings, std::string_view advice = base::advice(base::Advice::name_another_server))
        : m_timeout(settings.redis_timeout), m_advice(advice)
    {
    }

    // Repeats the question until it is answered. Throws Error: unavailable after --redis-timeout, and what the session
    // throws. A signal ends this process.
    redis::Reply ask(redis::Session& session, const redis::Request& request) const
    {
        return ask(session, request, false);
    }

    // Asks as ask() does what changes something: if there is no answer, the user is told that it may be done all
    // the same, when the server gets to it.
    redis::Reply change(redis::Session& session, const redis::Request& request) const
    {
        return ask(session, request, true);
    }

    // Orders the server to end, and returns when it has closed the connection, or did not in time.
    void shut_down(redis::Session& session, const std::string& subject) const;

    // The signals of this process: a command that also waits for something else, such as a key, must obey them there.
    [[nodiscard]] const process::Signals& signals() const { return m_signals; }

    // From here on signals do what they did for the caller.
    void restore_signals() const { m_signals.restore(); }

private:
    redis::Reply ask(redis::Session& session, const redis::Request& request, bool changes) const;

    base::Micros m_timeout;
    std::string_view m_advice;
    process::Signals m_signals;
};

}  // namespace commands
