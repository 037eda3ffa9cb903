#include "base/message.hpp"
#include "commands/ask.hpp"
#include "commands/execute.hpp"
#include "commands/limiter_values.hpp"
#include "commands/session.hpp"
#include "limiter/bucket_status.hpp"
#include "limiter/keys.hpp"
#include "limiter/semaphore_status.hpp"
#include "options/flags.hpp"

#include <unistd.h>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;
using limiter::Kind;
using limiter::LimiterName;

std::string counted(std::size_t count, const char* noun)
{
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

class Resetter {
public:
    Resetter(const Settings& settings, redis::Session& session, LimiterName limiter)
        : m_asker(settings), m_prefix(settings.key_prefix), m_session(session), m_limiter(std::move(limiter))
    {
    }

    // What a reset would do; nothing, if there is nothing to reset.
    [[nodiscard]] std::optional<std::string> effect() const
    {
        if (m_limiter.kind == Kind::semaphore) {
            const auto s = limiter::read_semaphore_status(
                m_prefix, m_limiter.name, limiter::Part::first_slice,
                [this](const redis::Request& request) { return m_asker.ask(m_session, request); });
            return s ? std::optional(effect_on(*s)) : std::nullopt;
        }
        const auto b =
            limiter::read_bucket_status(m_asker.ask(m_session, limiter::bucket_status(m_prefix, m_limiter.name)));
        return b ? std::optional(effect_on(*b)) : std::nullopt;
    }

    // Asks the user on the terminal.
    [[nodiscard]] bool confirmed(const std::string& effect) const
    {
        base::message::question(
            fmt::format("{} on {}: {}. Reset it? [y/N]", m_limiter.subject(), m_session.server().display(), effect));
        m_session.drop();  // no connection is kept open while somebody thinks
        m_asker.restore_signals();
        char first = 0;
        char c = 0;
        while (::read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
            first = first == 0 ? c : first;
        return first == 'y' || first == 'Y';
    }

    void reset() const
    {
        m_asker.change(m_session, m_limiter.kind == Kind::semaphore ? limiter::semaphore_reset(m_prefix, m_limiter.name)
                                                                    : limiter::bucket_reset(m_prefix, m_limiter.name));
        base::message::detail(fmt::format("{} on {}: reset", m_limiter.subject(), m_session.server().display()));
    }

private:
    static std::string effect_on(const limiter::SemaphoreStatus& s)
    {
        return fmt::format("{} would lose the lease, {} would get a new place in the queue",
                           counted(static_cast<std::size_t>(s.held_by), "holder"),
                           counted(static_cast<std::size_t>(s.waiters), "waiter"));
    }

    static std::string effect_on(const limiter::BucketStatus& b)
    {
        return b.level < 0
                   ? fmt::format(
                         "{} of {} tokens, {} of them promised; it would be full, and what is promised stays so",
                         b.level, b.capacity, -b.level)
                   : fmt::format("{} of {} tokens; it would be full", b.level, b.capacity);
    }

    Asker m_asker;
    const std::string& m_prefix;
    redis::Session& m_session;
    LimiterName m_limiter;
};

bool at_a_terminal()
{
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::ResetOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settings_from(sources);
    LimiterName limiter = limiter_words(options, "reset");
    if (!options.has(options::k_yes) && !at_a_terminal())
        throw Error(ExitCode::usage, "{}: a reset takes what others hold: give {} to do it without a question",
                    limiter.subject(), options::label(options::k_yes));
    auto session = open_existing_session(settings);
    if (!session)
        return ExitCode::ok;
    const Resetter resetter(settings, *session, std::move(limiter));
    if (!options.has(options::k_yes)) {
        const auto effect = resetter.effect();
        if (!effect)
            return ExitCode::ok;
        if (!resetter.confirmed(*effect)) {
            base::message::notice("nothing was reset");
            return ExitCode::ok;
        }
    }
    resetter.reset();
    return ExitCode::ok;
}

}  // namespace commands
