#include "commands/ask.hpp"

#include "base/error.hpp"
#include "run/exchange.hpp"

namespace commands {

redis::Reply Asker::ask(redis::Session& session, const redis::Request& request, bool changes) const
{
    try {
        return run::persist(
            session, m_signals, [&request] { return request; }, base::Deadline::after(m_timeout));
    } catch (const run::Stopped& stopped) {
        process::die_of(stopped.signal);
    } catch (const redis::Unavailable& e) {
        const std::string server = session.server().display();
        throw base::Error(base::ExitCode::unavailable, "{}: {}; {}", request.subject,
                          redis::trouble(e, server, "cannot reach " + server),
                          changes && session.may_run_late() ? "it may be done all the same: see limiters status"
                          : e.answered()                    ? "try again later"
                                                            : m_advice);
    }
}

void Asker::shut_down(redis::Session& session, const std::string& subject) const
{
    try {
        run::Exchange exchange(session);
        exchange.ask([&] { return run::Attempt{{subject, {"SHUTDOWN", "NOSAVE"}}, base::Deadline::after(m_timeout)}; });
        exchange.answer(m_signals);
    } catch (const run::Stopped& stopped) {
        process::die_of(stopped.signal);
    } catch (const redis::Unavailable&) {
        return;  // this is how it answers
    }
}

}  // namespace commands
