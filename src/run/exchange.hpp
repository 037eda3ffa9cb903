// One question to the server, asked again until it is answered: the one loop of all who wait for an answer.
//
// A caller that has other things to do meanwhile (Heartbeat, TokenSupply) polls interest(), and calls advance() when
// that is ready or next() has passed; one that has none calls answer(), or one of the functions below, which block.
//
//           ask()              sent                 the answer
//     idle ───────▶ to be sent ───────▶ waiting ────────────────────▶ idle
//                       ▲                  │ no answer in time, or the server is away
//                       └── after a pause ─┘
#pragma once

#include "base/clock.hpp"
#include "redis/session.hpp"
#include "run/await.hpp"

#include <poll.h>

#include <functional>
#include <optional>
#include <string>

namespace run {

// What is sent, and until when an answer to it is waited for. A request must be safe to repeat: whether the server has
// done it before its answer was lost, nobody knows.
struct Attempt {
    redis::Request request;
    base::Deadline answer_by = base::Deadline::never();
};

// Pauses between attempts: 10 ms, doubled up to half a second, each cut by up to half at random, because a thousand
// hosts that lost one server must not come back at one instant.
class Backoff {
public:
    base::Deadline next();
    void reset() { m_pause = k_first; }

private:
    static constexpr base::Micros k_first{10000};
    static constexpr base::Micros k_longest{500000};
    base::Micros m_pause = k_first;
};

class Exchange {
public:
    // Called for each attempt anew, right before it is sent: what is left of a time span changes from one to the next.
    using Make = std::function<Attempt()>;

    // The session is the caller's, and lives longer. Exchanges may share one, but only one of them may not be idle.
    explicit Exchange(redis::Session& session) : m_session(session) {}

    // The next advance() sends this; after a failed attempt, the first one after the pause. What was asked before and
    // has no answer yet is given up then.
    void ask(Make make);

    // Gets on with it; never blocks, but for the look-up of a host name. The answer, or nothing yet. Throws what
    // Session throws when an attempt has failed, Unavailable too when its time has passed. The exchange goes on all
    // the same: who calls advance() again asks again, when next() has passed.
    std::optional<redis::Reply> advance();

    // Blocks until there is an answer, and throws as advance() does. Draws `line` meanwhile, if there is one. Throws
    // Stopped, Abandoned.
    redis::Reply answer(const Interrupts& interrupts, terminal::WaitLine* line = nullptr);

    [[nodiscard]] bool idle() const { return m_state == State::idle; }
    [[nodiscard]] bool waiting() const { return m_state == State::waiting; }

    // What to poll(2) for. While idle, that tells of a connection that breaks.
    [[nodiscard]] pollfd interest() const { return m_session.interest(); }

    // When advance() is to be called though nothing is ready; never, while idle.
    [[nodiscard]] base::Deadline next() const;

private:
    enum class State { idle, to_be_sent, waiting };

    void send();
    std::optional<redis::Reply> hear();
    void failed();

    redis::Session& m_session;
    Make m_make;
    State m_state = State::idle;
    base::Deadline m_send_at = base::Deadline::after(base::Micros::zero());  // later: a pause after a failure
    base::Deadline m_answer_by = base::Deadline::never();
    Backoff m_backoff;
};

using MakeRequest = std::function<redis::Request()>;

// Asks until it is answered. When the deadline has passed, throws the refusal of one of several hosts if there was
// one; else the last Unavailable, but for that of an attempt which had only what was left of the time.
redis::Reply persist(redis::Session& session, const Interrupts& interrupts, const MakeRequest& make,
                     base::Deadline deadline);

// Asks the first question of all. `subject` is for messages. Throws Unreachable if there is no answer within `timeout`,
// or if no server is named and the local one cannot be started.
redis::Reply reach(redis::Session& session, const Interrupts& interrupts, const MakeRequest& make, base::Micros timeout,
                   const std::string& subject);

// Gives something back as this process ends: tries for a second, and a second signal ends that. What cannot be given
// back is lost to others for once, and nobody is told.
void try_briefly(redis::Session& session, const process::Signals& signals, const MakeRequest& make);

}  // namespace run
