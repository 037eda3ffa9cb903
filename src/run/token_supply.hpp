// The tokens of bucket pipe. The supply asks ahead, while tokens that it has are still to fall due, so that a round
// trip costs no line its time; and for no more than the lines that are there.
#pragma once

#include "base/message.hpp"
#include "limiter/token_stream.hpp"
#include "process/signals.hpp"
#include "redis/session.hpp"
#include "run/exchange.hpp"

#include <deque>
#include <optional>
#include <string>

namespace run {

class TokenSupply {
public:
    TokenSupply(const limiter::TokenBucketOptions& options, base::Micros redis_timeout, redis::Session& session,
                const process::Signals& signals);

    // Asks the first question, which takes nothing. Throws Unreachable, Error, Stopped.
    void reach();

    // Says that so many tokens are to be used, all in all: those not reserved yet will be asked for when it is time.
    void want(std::int64_t tokens) { m_wanted = tokens; }

    // Gets on with asking: call it when interest() is ready or next() has passed. An outage is waited out: what was
    // asked is asked again. Throws Error.
    void advance();
    [[nodiscard]] pollfd interest() const { return m_exchange.interest(); }
    [[nodiscard]] base::Deadline next() const;

    // How many tokens are reserved, due by now, and not used.
    std::int64_t due();
    void use(std::int64_t tokens);

    // When so many tokens will be due, as far as is known: never, if they were not reserved yet.
    [[nodiscard]] base::Deadline due_at(std::int64_t tokens) const;

    // Gives back, within a second, what is not due, as far as nobody has reserved since.
    void give_back();

private:
    struct Arrival {
        std::string id;
        limiter::Batch batch;
        base::Micros at;  // on CLOCK_MONOTONIC
        std::int64_t due = 0;
    };

    [[nodiscard]] base::Deadline time_to_ask() const;
    [[nodiscard]] base::Micros horizon() const;
    void ask();
    void answered(const redis::Reply& reply);
    void failed(const std::string& trouble);

    limiter::TokenStream m_stream;
    base::Micros m_redis_timeout;
    redis::Session& m_session;
    const process::Signals& m_signals;

    std::int64_t m_wanted = 0;
    std::int64_t m_reserved = 0;     // and not used
    std::int64_t m_due = 0;          // of these
    std::deque<Arrival> m_arrivals;  // those with tokens that are not due
    base::Deadline m_last_due;

    Exchange m_exchange;
    std::optional<base::Micros> m_sent;  // on CLOCK_MONOTONIC; nothing: the connection had to be made first
    base::Micros m_round_trip{0};
    base::message::Once m_outage;
    base::message::Once m_parameters;
};

}  // namespace run
