#include "run/wait_for_tokens.hpp"

#include "base/duration.hpp"
#include "base/message.hpp"
#include "run/await.hpp"
#include "run/errors.hpp"

namespace run {

namespace {

using base::Deadline;
using base::Micros;
using limiter::Reservation;

class TokenWaiter {
public:
    TokenWaiter(const TokenWait& options, redis::Session& session, const process::Signals& signals)
        : m_options(options), m_session(session), m_signals(signals), m_bucket(options.bucket)
    {
    }

    void wait()
    {
        const Reservation reservation = reserve();
        const Deadline due = Deadline::after(reservation.wait);  // relative: no clock but the server's matters
        require_reserved(reservation);
        if (reservation.others)
            base::message::warning(warning_of(*reservation.others, m_bucket.options()));
        base::message::detail(
            fmt::format("{} on {}: due {}", m_bucket.subject(), m_session.server().display(),
                        reservation.wait > Micros::zero() ? "in " + base::readable(reservation.wait) : "now"));
        WaitLine line([&] { return fmt::format("{}: due in {}", m_bucket.subject(), base::readable(due.left())); });
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
        return limiter::TokenBucket::acquired(reach(
            m_session, m_signals, [this] { return m_bucket.acquire(); }, m_options.redis_timeout, m_bucket.subject()));
    }

    void require_reserved(const Reservation& reservation) const
    {
        switch (reservation.state) {
        case Reservation::State::reserved: return;
        case Reservation::State::too_far: throw TooFar(m_bucket.subject(), m_session.server().display());
        case Reservation::State::refused: break;
        }
        throw Conflict(
            m_options.conflict_code,
            fmt::format("{} on {}: the tokens are due in {}, later than --max-sleep {}; try later, or raise it",
                        m_bucket.subject(), m_session.server().display(), base::readable(reservation.wait),
                        base::format_duration(*m_options.bucket.max_wait)));
    }

    const TokenWait& m_options;
    redis::Session& m_session;
    const process::Signals& m_signals;
    limiter::TokenBucket m_bucket;
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
        base::message::warning(fmt::format("{}; this one runs without a limit (--on-unavailable run)", e.what()));
    } catch (const Stopped& stopped) {
        waiter.cancel();
        process::die_of(stopped.signal);
    }
}

}  // namespace run
