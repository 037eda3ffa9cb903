// limiters top: the limiters of a server as they are, once a second, and a hand on them.
#include "base/error.hpp"
#include "base/message.hpp"
#include "commands/ask.hpp"
#include "commands/execute.hpp"
#include "commands/order.hpp"
#include "commands/session.hpp"
#include "commands/status/collect.hpp"
#include "commands/top/picture.hpp"
#include "commands/top/state.hpp"
#include "limiter/orders.hpp"
#include "options/flags.hpp"
#include "run/await.hpp"
#include "run/lease.hpp"
#include "terminal/full_screen.hpp"

#include <unistd.h>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;

constexpr base::Micros k_between_looks{1000000};

class Top {
public:
    Top(const Settings& settings, redis::Session& session, options::Text pattern)
        : m_settings(settings), m_session(session), m_pattern(std::move(pattern)), m_asker(settings)
    {
    }

    void run()
    {
        look();  // what is refused at once is an error, and no screen
        terminal::FullScreen screen;
        while (!m_state.over()) {
            draw(screen, m_state, m_session.server().display());
            run::poll_until({STDIN_FILENO, POLLIN, 0}, m_asker.signals(), m_next);
            obey();
            while (const auto key = screen.key())
                press(*key);
            if (m_next.passed())
                look_again();
        }
    }

private:
    void obey() const
    {
        try {
            run::obey(m_asker.signals());
        } catch (const run::Stopped& stopped) {
            process::die_of(stopped.signal);
        }
    }

    // A second from the answer, not from the question: a slow server is not asked more than it can answer.
    void look()
    {
        Collected found = collect(m_asker, m_session, m_settings.key_prefix,
                                  {.pattern = m_pattern, .part = limiter::Part::first_slice});
        m_state.found(std::move(found.limiters), found.troubles.empty() ? "" : found.troubles.front().what(),
                      base::now_on(CLOCK_MONOTONIC));
        m_next = base::Deadline::after(k_between_looks);
    }

    // A server that went away is no reason to end: what was found last stands there, and what is wrong below it.
    void look_again()
    {
        try {
            look();
        } catch (const Error& e) {
            m_state.found_nothing(e.what());
            m_next = base::Deadline::after(k_between_looks);
        }
    }

    void press(int key)
    {
        const auto order = m_state.press(key);
        if (!order)
            return;
        try {
            carry_out(*order);
            look();
        } catch (const Error& e) {
            m_state.tell(e.what());
        }
    }

    void carry_out(const Order& order)
    {
        switch (order.verb) {
        case Order::Verb::pause: return pause(order, order.span.value_or(base::Micros(options::k_for.high)));
        case Order::Verb::resume: return pause(order, base::Micros::zero());
        case Order::Verb::free: return free(order);
        }
    }

    // A span of zero takes a pause back.
    void pause(const Order& order, base::Micros span)
    {
        const limiter::NewOrder pause{.kind = limiter::OrderKind::pause, .span = span, .by = by_value()};
        const limiter::Ordered answer =
            limiter::ordered(m_asker.change(m_session, limiter::order(m_settings.key_prefix, order.limiter, pause)));
        if (!answer.done)
            m_state.tell(span > base::Micros::zero() ? "a longer pause stands" : "there was no pause");
    }

    void free(const Order& order)
    {
        limiter::SemaphoreOptions options;
        options.prefix = m_settings.key_prefix;
        options.name = order.limiter.name;
        run::free_holder(limiter::Semaphore(std::move(options)), order.holder, m_session, m_asker.signals(),
                         m_settings.redis_timeout);
    }

    const Settings& m_settings;
    redis::Session& m_session;
    options::Text m_pattern;
    Asker m_asker;
    TopState m_state;
    base::Deadline m_next = base::Deadline::never();
};

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::TopOptions& options)
{
    const Settings settings = settings_from(options::SettingSources(global, options));
    if (!terminal::FullScreen::is_possible())
        throw Error(ExitCode::usage, "top: stdin and stdout are no terminal; 'limiters status' lists the same once");
    auto session = open_existing_session(settings);
    if (!session)
        return ExitCode::ok;
    Top(settings, *session, options.text(options::k_pattern)).run();
    return ExitCode::ok;
}

}  // namespace commands
