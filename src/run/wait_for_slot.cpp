#include "run/wait_for_slot.hpp"

#include "base/duration.hpp"
#include "base/message.hpp"
#include "base/random.hpp"
#include "run/errors.hpp"
#include "run/exchange.hpp"
#include "run/long_wait.hpp"

#include <algorithm>
#include <utility>

namespace run {

namespace {

using base::Advice;
using base::Deadline;
using base::Error;
using base::ExitCode;
using base::Micros;
using limiter::Recovery;
using limiter::Standing;

constexpr Micros k_grace{100000};        // not to race with a holder whose renewal is late
constexpr Micros k_least_span{1000000};  // whatever a server says: it must not be asked without a pause
constexpr Micros k_least_slice{10000};   // the shortest that a server does not take for "for ever"
constexpr Micros k_silence{1000000};     // so long after the end of a slice the connection is given up

// From the first question to a slot, or to the end of max_sleep:
//
//     queueing: ask ── not held ──▶ wait for a wake-up, or for the next poll ──▶ ask ── held ──▶ the slot is taken
//        │ max_sleep is over                                                                        ▲
//        ▼                                                                                          │
//     last try: ask once more, and leave the queue if there is no slot ── held ─────────────────────┘
//        └── not held ──▶ Conflict
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
        while (!is_held(standing)) {
            if (standing.state == Standing::State::waits_for_itself)
                throw Conflict(ExitCode::usage, "{}", waits_for_itself());
            require_wanted(standing);
            // Barred after the last question of all: a repetition of that one, which had left the queue before.
            if (standing.state == Standing::State::barred && m_stage != Stage::last_try)
                throw Error(ExitCode::lost, "{} on {}: its place in the queue was taken away", m_semaphore.subject(),
                            m_session.server().display());
            if (standing.state == Standing::State::barred ||
                (m_stage == Stage::last_try && standing.state == Standing::State::waiting))
                throw Conflict(m_options.conflict_code, "{}", conflict(standing));
            standing = ask_again(standing);
        }
        base::message::detail(fmt::format("{} on {}: slot taken after {}ms, {} of {} in use", m_semaphore.subject(),
                                          m_session.server().display(), waited().count() / 1000, standing.used,
                                          m_semaphore.options().capacity));
        return m_sent;
    }

private:
    enum class Stage { queueing, last_try };

    // Throws if the limiter does not want this caller, which then has left the queue, or has not joined it.
    void require_wanted(const Standing& standing) const
    {
        const std::string where = fmt::format("{} on {}", m_semaphore.subject(), m_session.server().display());
        if (standing.state == Standing::State::superseded)
            throw Conflict(m_options.conflict_code, "{}: superseded by {}", where,
                           standing.longest ? limiter::readable(standing.longest->who) : "a newer one");
        if (standing.state == Standing::State::too_many_wait)
            throw Conflict(m_options.conflict_code, "{}: {} wait already, and {} allows no more; {}try later", where,
                           others_waiting(standing), base::advice(Advice::most_waiters), why());
        if (standing.state == Standing::State::other_kind && m_semaphore.options().policies.slots.empty())
            throw Conflict(ExitCode::usage, "{}: this limiter hands out named slots: {}, as its other callers do",
                           where, base::advice(Advice::ask_for_a_named_slot));
        if (standing.state == Standing::State::other_kind)
            throw Conflict(ExitCode::usage,
                           "{}: the slots of this limiter have no names: leave out {}, as its other "
                           "callers do",
                           where, base::advice(Advice::named_slots));
    }

    // An answer that was so long on its way that the lease has ended by this host's clock is no grant: somebody else
    // may have the slot by now.
    bool is_held(const Standing& standing) const
    {
        return standing.state == Standing::State::holds &&
               base::now_on(CLOCK_BOOTTIME) - m_sent < m_semaphore.options().lease;
    }

    // The first answer is bounded by redis_timeout alone.
    Standing first_answer()
    {
        return acquired(reach(
            m_session, m_interrupts, [this] { return question(); }, m_options.redis_timeout, m_semaphore.subject()));
    }

    // In the queue the place is kept, so an outage is waited out, up to the end of max_sleep. The last question is
    // asked after that, whatever became of the waiting before it.
    Standing ask_again(const Standing& standing)
    {
        bool known = true;  // a server that was away may have forgotten the waiter: it is asked before it is waited for
        do {
            try {
                if (std::exchange(known, false))
                    wait_for_change(standing);
                if (m_deadline.passed())
                    break;
                m_exchange.ask([this] { return Attempt{question(), answer_by()}; });
                return acquired(m_exchange.answer(m_interrupts, &m_line));
            } catch (const redis::Unavailable& e) {
                m_outage.warning(fmt::format("{}: {}; the place in the queue is kept, trying again",
                                             m_semaphore.subject(), trouble(e, "lost {}")));
                sleep_until(std::min(m_exchange.next(), m_deadline), m_interrupts, &m_line);
            }
        } while (!m_deadline.passed());
        return last_answer();
    }

    // A question that is under way at the end of max_sleep gives way to the last one soon after that, because the last
    // one has the whole of redis_timeout.
    [[nodiscard]] Deadline answer_by() const
    {
        return std::min(Deadline::after(m_options.redis_timeout), std::max(m_deadline, Deadline::after(k_silence)));
    }

    // As the first question, the last one is asked again and again for the time of redis_timeout, since the server may
    // come back just then, or only the connection be broken. If the server keeps the caller waiting for a moment then,
    // it is asked once more in what is left of that time.
    Standing last_answer()
    {
        if (m_last_by.is_never())
            m_last_by = Deadline::after(m_options.redis_timeout);
        try {
            return acquired(persist(
                m_session, m_interrupts, [this] { return question(); }, m_last_by));
        } catch (const redis::Unavailable& e) {
            throw Error(ExitCode::unavailable, "{}: {}; {}", m_semaphore.subject(),
                        trouble(e, "{} went away during the wait"), advice(e, "try again when it is back"));
        }
    }

    void wait_for_change(const Standing& standing)
    {
        if (standing.state == Standing::State::holds)
            return m_semaphore.forget_grant();  // it came too late
        if (!m_deadline.passed())
            wait_for_wake(standing);
        else if (standing.state == Standing::State::not_yet)
            sleep_between_last_questions(standing.recovers);
    }

    void sleep_between_last_questions(Micros span)
    {
        const Micros left = std::max(std::min(m_last_by.left(), m_options.redis_timeout), k_silence);
        sleep_until(Deadline::after(span), m_interrupts, &m_line);
        m_last_by = Deadline::after(left);
    }

    redis::Request question()
    {
        m_stage = m_deadline.passed() ? Stage::last_try : Stage::queueing;
        m_session.connect();  // now, since only then it is known whose place the server took
        m_sent = base::now_on(CLOCK_BOOTTIME);
        return m_semaphore.acquire({.wait = m_stage != Stage::last_try,
                                    .min_hold = m_options.min_hold,
                                    .alone = m_session.server_is_first(),
                                    .may_be_late = m_session.may_run_late(),
                                    .tell = tells()});
    }

    // Whether the user is told of the answer, if it is no slot. To name a holder costs the server a little.
    [[nodiscard]] bool tells() const
    {
        return base::message::is_verbose() || m_line.drawn() || m_long.due() ||
               (m_stage == Stage::last_try && m_options.conflict_code != ExitCode::ok);
    }

    Standing acquired(const redis::Reply& reply)
    {
        Standing standing = m_semaphore.acquired(reply);
        m_standing = standing;
        m_answered = base::now_on(CLOCK_MONOTONIC);
        m_recovered = Deadline::after(standing.recovers);
        warn_of_capacity(standing.other_capacity);
        if (standing.state == Standing::State::waiting && m_stage != Stage::last_try)
            tell_of_place();
        return standing;
    }

    void tell_of_place()
    {
        const std::string what = fmt::format("{} on {}", m_semaphore.subject(), m_session.server().display());
        if (m_long.due())
            m_long.tell(what, queue_text(" in the queue"));
        // -v tells changes, not every question: times do not count as one.
        const auto& longest = m_standing.longest;
        Told told{m_standing.place, m_standing.used, longest ? longest->who : limiter::Who{}};
        if (base::message::is_verbose() && told != m_told) {
            base::message::detail(fmt::format("{}: {}", what, queue_text(" in the queue")));
            m_told = std::move(told);
        }
    }

    void wait_for_wake(const Standing& standing)
    {
        const Micros span = std::max(standing.span, k_least_span);
        const Micros jitter(base::random_bits<std::uint32_t>() % (span * 2 / 5).count());
        // A line that is due is told of an answer to a question that asked for what it says.
        const Micros silent = std::max(m_long.next().left(), k_least_slice);
        Micros slice = std::min({span * 4 / 5 + jitter, m_deadline.left(), silent});
        if (standing.until > Micros::zero())
            slice = std::min(slice, standing.until + (standing.until == standing.recovers ? Micros(0) : k_grace));
        const Deadline answer_by = Deadline::after(slice + k_silence);
        m_exchange.ask([=, this] { return Attempt{m_semaphore.wait_for_wake(slice), answer_by}; });
        m_exchange.answer(m_interrupts, &m_line);
    }

    void warn_of_capacity(std::int64_t other)
    {
        if (other != 0)
            m_other_capacity.warning(
                fmt::format("{}: others ask for capacity {}, this one for {}; it takes effect at once",
                            m_semaphore.subject(), other, m_semaphore.options().capacity));
    }

    [[nodiscard]] std::string trouble(const redis::Unavailable& why,
                                      fmt::format_string<const std::string&> silent) const
    {
        const std::string server = m_session.server().display();
        return redis::trouble(why, server, fmt::format(silent, server));
    }

    [[nodiscard]] Micros waited() const { return base::now_on(CLOCK_MONOTONIC) - m_began; }

    std::string live_text() const
    {
        return fmt::format("{}: {}; waiting for {}", m_semaphore.subject(), queue_text(""), base::readable(waited()));
    }

    std::string queue_text(std::string_view where) const
    {
        const std::string about =
            m_standing.about > Micros::zero() ? ", about " + base::rough(m_standing.about) : std::string();
        return fmt::format("place {} of {}{}{}, {} of {} in use{}{}", m_standing.place, m_standing.waiters, where,
                           about, m_standing.used, capacity(), live_recovery(), held_by(", "));
    }

    // One holder is named: of several the one that has held longest.
    std::string held_by(std::string_view before) const
    {
        const auto& longest = m_standing.longest;
        if (!longest)
            return {};
        const Micros held = longest->held + base::now_on(CLOCK_MONOTONIC) - m_answered;
        return fmt::format("{}held {}by {}", before, m_semaphore.options().capacity > 1 ? "longest " : "",
                           limiter::readable(longest->who, " for " + base::rough(held)));
    }

    std::string waits_for_itself() const
    {
        return fmt::format(
            "{} on {}: this command already runs inside it (LIMITERS_LEASE), so at capacity {} it would wait for "
            "itself: {}",
            m_semaphore.subject(), m_session.server().display(), m_semaphore.options().capacity,
            base::advice(Advice::not_wait_for_itself));
    }

    std::string conflict(const Standing& standing) const
    {
        const std::string waited = *m_options.max_sleep == Micros::zero()
                                       ? "no slot is free"
                                       : fmt::format("no slot within {}", base::format_duration(*m_options.max_sleep));
        // The server tells no numbers to a caller whose id is barred.
        const std::string numbers = standing.state == Standing::State::barred
                                        ? std::string()
                                        : fmt::format(" ({} of {} in use, {} waiting){}", standing.used, capacity(),
                                                      others_waiting(standing), held_by("; "));
        const bool later = recovery() != Recovery::none && recovery() != Recovery::young;
        return fmt::format("{} on {}: {}{}; {}{}", m_semaphore.subject(), m_session.server().display(), waited, numbers,
                           why(), base::advice(later ? Advice::wait_longer_later : Advice::wait_longer));
    }

    // A waiter whose last answer was lost has left the queue already when it asks again, and is not counted any more.
    static std::int64_t others_waiting(const Standing& standing)
    {
        return std::max<std::int64_t>(standing.waiters - 1, 0);
    }

    // The caller may be kept from a slot by more than those who hold and wait: by a rule of recovery, or by an
    // operator's pause or limit.
    [[nodiscard]] std::string why() const
    {
        const std::string left = base::readable(m_recovered.left());
        switch (recovery()) {
        case Recovery::none:
        case Recovery::young: break;  // nobody is refused for that: see Standing::State::not_yet
        case Recovery::paused: return pause() + "; ";
        case Recovery::another_life:
            return fmt::format("the server was restarted or replaced, and gives earlier holders {} to come back; ",
                               left);
        case Recovery::spared:
            return fmt::format(
                "the server heard nobody for a while, and keeps a lease that ended meanwhile for another "
                "{}; ",
                left);
        }
        return is_limited() ? fmt::format("limited {}; ", m_standing.orders.limit->described()) : std::string();
    }

    // By an operator: paused until 14:30:05 by alice@web1: why
    [[nodiscard]] std::string pause() const
    {
        const auto& pause = m_standing.orders.pause;
        return "paused" + (pause ? " " + pause->described() : "");
    }

    [[nodiscard]] bool is_limited() const
    {
        const auto& limit = m_standing.orders.limit;
        return limit && limit->most.capacity < m_semaphore.options().capacity;
    }

    // What all callers and an operator's limit leave.
    [[nodiscard]] std::int64_t capacity() const
    {
        return is_limited() ? m_standing.orders.limit->most.capacity : m_semaphore.options().capacity;
    }

    // What may keep a free slot from the first in the queue; else "0 of 1 in use" would be a riddle.
    [[nodiscard]] Recovery recovery() const { return m_recovered.passed() ? Recovery::none : m_standing.recovery; }

    [[nodiscard]] std::string live_recovery() const
    {
        const std::string left = base::readable(m_recovered.left());
        switch (recovery()) {
        case Recovery::none: break;
        case Recovery::another_life: return ", a restarted server gives earlier holders " + left;
        case Recovery::young: return ", a server that has just started gives earlier holders " + left;
        case Recovery::spared: return ", a lease is kept for another " + left;
        case Recovery::paused: return ", " + pause();
        }
        return is_limited() ? fmt::format(", limited {}", m_standing.orders.limit->described()) : std::string();
    }

    // What -v has told last.
    struct Told {
        std::int64_t place = 0;
        std::int64_t used = 0;
        limiter::Who longest;

        bool operator==(const Told&) const = default;
    };

    limiter::Semaphore& m_semaphore;
    redis::Session& m_session;
    const Interrupts& m_interrupts;
    const WaitOptions& m_options;
    const Deadline m_deadline;
    Deadline m_last_by = Deadline::never();  // for the last questions together, from the first of them on
    const Micros m_began = base::now_on(CLOCK_MONOTONIC);
    Standing m_standing{};  // the last one, and when it came
    Micros m_answered{0};
    Told m_told;
    Deadline m_recovered = Deadline::after(Micros::zero());
    terminal::WaitLine m_line{[this] { return live_text(); }};
    LongWait m_long{!m_line.may_draw() && m_options.conflict_code != ExitCode::ok};
    Exchange m_exchange{m_session};
    Stage m_stage = Stage::queueing;
    Micros m_sent{0};  // on CLOCK_BOOTTIME, of the last question
    base::message::Once m_other_capacity;
    base::message::Once m_outage;
};

}  // namespace

Micros wait_for_slot(limiter::Semaphore& semaphore, redis::Session& session, const Interrupts& interrupts,
                     const WaitOptions& options)
{
    return Waiter(semaphore, session, interrupts, options).wait();
}

}  // namespace run
