#include "run/wait_for_tokens.hpp"

#include "base/duration.hpp"
#include "base/message.hpp"
#include "run/errors.hpp"
#include "run/exchange.hpp"
#include "run/long_wait.hpp"

namespace run {

namespace {

using base::Deadline;
using base::Micros;
using limiter::Reservation;

class TokenWaiter {
public:
    TokenWaiter(const TokenWait& options, redis::Session& session, const process::Signals& signals)
        : m_options(options), m_session(session), m_signals(signals), m_bucket(options.bucket),
          m_deadline(options.bucket.max_wait ? Deadline::after(*options.bucket.max_wait) : Deadline::never())
    {
    }

    void wait()
    {
        const Reservation reservation = reserve();
        const Deadline due = Deadline::after(reservation.wait);  // relative: no clock but the server's matters
        require_reserved(reservation);
        if (reservation.others)
            base::message::warning(warning_of(*reservation.others, m_bucket.options()));
        const auto& pause = reservation.orders.pause;
        const std::string order = pause ? ", paused " + pause->described() : std::string();
        base::message::detail(
            fmt::format("{} on {}: due {}{}", m_bucket.subject(), m_session.server().display(),
                        reservation.wait > Micros::zero() ? "in " + base::readable(reservation.wait) : "now", order));
        terminal::WaitLine line(
            [&] { return fmt::format("{}: due in {}{}", m_bucket.subject(), base::readable(due.left()), order); });
        LongWait long_wait(!line.may_draw() && m_options.conflict_code != base::ExitCode::ok);
        while (long_wait.next() < due) {
            sleep_until(long_wait.next(), m_signals);
            long_wait.tell(fmt::format("{} on {}", m_bucket.subject(), m_session.server().display()),
                           "due in " + base::readable(due.left()) + order);
        }
        sleep_until(due, m_signals, &line);
        obey(m_signals);  // nothing goes on once a stop was asked for
    }

    void cancel()
    {
        try_briefly(m_session, m_signals, [this] { return m_bucket.cancel(); });
    }

private:
    Reservation reserve()
    {
        const auto ask = [this] { return m_bucket.acquire(left()); };
        return limiter::TokenBucket::acquired(
            reach(m_session, m_signals, ask, m_options.redis_timeout, m_bucket.subject()));
    }

    // What is left of the longest wait: the server may have taken a part of it.
    [[nodiscard]] std::optional<Micros> left() const
    {
        return m_deadline.is_never() ? std::nullopt : std::optional(m_deadline.left());
    }

    void require_reserved(const Reservation& reservation)
    {
        switch (reservation.state) {
        case Reservation::State::reserved:
            if (!later_than_allowed(reservation))
                return;
            cancel();  // the answer was lost once, and the server's clock went back before it was repeated
            break;
        case Reservation::State::too_far: throw TooFar(m_bucket.subject(), m_session.server().display());
        case Reservation::State::refused: break;
        }
        const std::string allowed = base::format_duration(*m_options.bucket.max_wait);
        const std::string why =
            later_than_allowed(reservation)
                ? fmt::format("later than {} {}", base::advice(base::Advice::longest_wait), allowed)
                : fmt::format("and the server took a part of {} {}", base::advice(base::Advice::longest_wait), allowed);
        const auto& [limit, pause] = reservation.orders;
        const std::string order = pause   ? fmt::format(", paused {}", pause->described())
                                  : limit ? fmt::format(", limited {}", limit->described())
                                          : std::string();
        throw Conflict(m_options.conflict_code, "{} on {}: the tokens are due in {}, {}{}; try later, or raise it",
                       m_bucket.subject(), m_session.server().display(), base::readable(reservation.wait), why, order);
    }

    [[nodiscard]] bool later_than_allowed(const Reservation& reservation) const
    {
        return m_options.bucket.max_wait && reservation.wait > *m_options.bucket.max_wait;
    }

    const TokenWait& m_options;
    redis::Session& m_session;
    const process::Signals& m_signals;
    limiter::TokenBucket m_bucket;
    const Deadline m_deadline;
};

}  // namespace

void wait_for_tokens(const TokenWait& options, redis::Session& session, const process::Signals& signals)
{
    TokenWaiter waiter(options, session, signals);
    try {
        waiter.wait();
    } catch (const Unreachable& e) {
        if (!options.run_unlimited)
            throw;
        base::message::warning(fmt::format("{}; this one runs without a limit ({})", e.what(),
                                           base::advice(base::Advice::run_when_unreachable)));
    } catch (const Stopped& stopped) {
        waiter.cancel();
        process::die_of(stopped.signal);
    }
}

}  // namespace run
