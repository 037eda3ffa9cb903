#include "run/wait_for_slot.hpp"

#include "base/duration.hpp"
#include "base/message.hpp"
#include "base/random.hpp"
#include "limiter/semaphore_status.hpp"
#include "run/errors.hpp"

#include <algorithm>

namespace run {

namespace {

using base::Deadline;
using base::Error;
using base::ExitCode;
using base::Micros;
using limiter::Absence;
using limiter::Standing;

constexpr Micros k_slice{2000000};    // asked again this often: a lost wake-up costs no more
constexpr Micros k_late{200000};      // the server rounds a BLPOP timeout up by as much as 100 ms
constexpr Micros k_grace{100000};     // not to race with a holder whose renewal is late
constexpr Micros k_silence{1000000};  // this long after the slice the connection is given up

class Waiter {
public:
    Waiter(limiter::Semaphore& semaphore, redis::Session& session, const Interrupts& interrupts,
           const WaitOptions& options)
        : m_semaphore(semaphore), m_session(session), m_interrupts(interrupts), m_options(options),
          m_deadline(options.max_sleep ? Deadline::after(*options.max_sleep) : Deadline::never())
    {
    }

    Micros wait()
    {
        Standing standing = first_answer();
        while (standing.state != Standing::State::holds) {
            if (standing.state == Standing::State::waits_for_itself)
                throw Conflict(static_cast<int>(ExitCode::usage), waits_for_itself());
            // Barred after the last question of all: a repetition of that one, which had left the queue before.
            if (standing.state == Standing::State::barred && !m_last)
                throw Error(ExitCode::lost, "{} on {}: its place in the queue was taken away", m_semaphore.subject(),
                            m_session.server().display());
            if (standing.state == Standing::State::barred || (m_last && standing.state != Standing::State::settling))
                throw Conflict(m_options.conflict_code, conflict(standing));
            standing = ask_again(standing);
        }
        base::message::detail(fmt::format("{} on {}: slot taken after {}ms, {} of {} in use", m_semaphore.subject(),
                                          m_session.server().display(), waited().count() / 1000, standing.used,
                                          m_semaphore.options().capacity));
        return m_sent;
    }

private:
    // The first answer: bounded by --redis-timeout alone.
    Standing first_answer()
    {
        return acquired(reach(
            m_session, m_interrupts, [this] { return question(); }, m_options.redis_timeout, m_semaphore.subject()));
    }

    // In the queue: the place is kept, so an outage is waited out, up to --max-sleep. The last question is asked after
    // that, whatever became of the waiting before it.
    Standing ask_again(const Standing& standing)
    {
        bool known = true;  // a server that was away may have forgotten the waiter: it is asked before it is waited for
        for (Backoff backoff;;) {
            try {
                if (known)
                    wait_for_change(standing);
                m_session.start(question());
                const Standing now = acquired(await(m_session, m_interrupts, answer_by(), &m_line));
                if (now.state == Standing::State::waiting && m_line.drawn())
                    look_who_holds();
                return now;
            } catch (const redis::Unavailable& e) {
                if (m_last)
                    throw Error(ExitCode::unavailable,
                                "{}: {} went away during the wait: {}; try again when it is back",
                                m_semaphore.subject(), m_session.server().display(), e.what());
                warn_of_outage(e.what());
                known = false;
                sleep_until(std::min(backoff.next(), m_deadline), m_interrupts, &m_line);
            }
        }
    }

    void wait_for_change(const Standing& standing)
    {
        if (!m_deadline.passed())
            wait_for_wake(standing);
        else if (standing.settling > Micros::zero())
            sleep_until(Deadline::after(standing.settling), m_interrupts, &m_line);
    }

    redis::Request question()
    {
        m_last = m_deadline.passed();
        m_session.connect();  // now, since it may tell that the server was away
        m_sent = base::now_on(CLOCK_BOOTTIME);
        return m_semaphore.acquire(!m_last, m_options.min_hold, absence());
    }

    Absence absence() const
    {
        if (m_session.away())
            return Absence::away;
        if (m_late)
            return Absence::late;
        return m_session.would_know() ? Absence::none : Absence::unknown;
    }

    // For the live line only.
    void look_who_holds()
    {
        m_session.start(limiter::semaphore_status(m_semaphore.options().prefix, m_semaphore.options().name));
        const auto status = limiter::read_semaphore_status(await(m_session, m_interrupts, answer_by(), &m_line));
        m_longest.reset();
        if (status && !status->holders.empty())
            m_longest = status->holders.front();
    }

    Standing acquired(const redis::Reply& reply)
    {
        const Standing standing = m_semaphore.acquired(reply);
        m_standing = standing;
        m_settled = Deadline::after(standing.settling);
        m_late = false;
        warn_of_capacity(standing.other_capacity);
        if (standing.state == Standing::State::waiting)
            base::message::detail(fmt::format("{} on {}: place {} in the queue, {} of {} in use", m_semaphore.subject(),
                                              m_session.server().display(), standing.place, standing.used,
                                              m_semaphore.options().capacity));
        return standing;
    }

    void wait_for_wake(const Standing& standing)
    {
        Micros slice = k_slice * 4 / 5 + Micros(base::random_bits<std::uint32_t>() % (k_slice * 2 / 5).count());
        slice = std::min(slice, m_deadline.left());
        if (standing.settling > Micros::zero())
            slice = std::min(slice, standing.settling);
        if (standing.first_end > Micros::zero())
            slice = std::min(slice, standing.first_end + k_grace);
        m_session.start(m_semaphore.wait_for_wake(slice));
        const Deadline late = Deadline::after(slice + k_late);
        await(m_session, m_interrupts, Deadline::after(slice + k_silence), &m_line);
        if (late.passed())
            m_late = true;
    }

    void warn_of_capacity(std::int64_t other)
    {
        if (other != 0 && !m_warned_of_capacity)
            base::message::warning(
                fmt::format("{}: others ask for capacity {}, this one for {}; it takes effect at once",
                            m_semaphore.subject(), other, m_semaphore.options().capacity));
        m_warned_of_capacity = m_warned_of_capacity || other != 0;
    }

    void warn_of_outage(const std::string& why)
    {
        if (!m_warned_of_outage)
            base::message::warning(fmt::format("{}: lost {}: {}; the place in the queue is kept, trying again",
                                               m_semaphore.subject(), m_session.server().display(), why));
        m_warned_of_outage = true;
    }

    [[nodiscard]] Deadline answer_by() const { return Deadline::after(m_options.redis_timeout); }

    [[nodiscard]] Micros waited() const { return base::now_on(CLOCK_MONOTONIC) - m_began; }

    std::string live_text() const
    {
        const std::string longest = m_longest
                                        ? fmt::format(", longest by {} {} on {} for {}", m_longest->command,
                                                      m_longest->pid, m_longest->host, base::readable(m_longest->held))
                                        : std::string();
        return fmt::format("{}: place {} of {}, {} of {} in use{}{}; waiting for {}", m_semaphore.subject(),
                           m_standing.place, m_standing.waiters, m_standing.used, m_semaphore.options().capacity,
                           settling(), longest, base::readable(waited()));
    }

    std::string waits_for_itself() const
    {
        return fmt::format(
            "{}: this command already runs inside it (LIMITERS_LEASE), so at capacity {} it would wait for "
            "itself: raise --capacity, or give --max-sleep",
            m_semaphore.subject(), m_semaphore.options().capacity);
    }

    std::string conflict(const Standing& standing) const
    {
        const std::string waited = *m_options.max_sleep == Micros::zero()
                                       ? "no slot is free"
                                       : fmt::format("no slot within {}", base::format_duration(*m_options.max_sleep));
        return fmt::format("{} on {}: {} ({} of {} in use, {} waiting{}); try later, or raise --max-sleep",
                           m_semaphore.subject(), m_session.server().display(), waited, standing.used,
                           m_semaphore.options().capacity, standing.waiters - 1, settling());
    }

    // Else "0 of 1 in use" would be a riddle.
    std::string settling() const
    {
        return m_settled.passed() ? std::string() : ", settles in " + base::readable(m_settled.left());
    }

    limiter::Semaphore& m_semaphore;
    redis::Session& m_session;
    const Interrupts& m_interrupts;
    const WaitOptions& m_options;
    const Deadline m_deadline;
    const Micros m_began = base::now_on(CLOCK_MONOTONIC);
    Standing m_standing{};  // the last one
    Deadline m_settled = Deadline::after(Micros::zero());
    std::optional<limiter::Holder> m_longest;
    WaitLine m_line{[this] { return live_text(); }};
    bool m_last = false;
    bool m_late = false;
    Micros m_sent{0};
    bool m_warned_of_capacity = false;
    bool m_warned_of_outage = false;
};

}  // namespace

Micros wait_for_slot(limiter::Semaphore& semaphore, redis::Session& session, const Interrupts& interrupts,
                     const WaitOptions& options)
{
    return Waiter(semaphore, session, interrupts, options).wait();
}

}  // namespace run
