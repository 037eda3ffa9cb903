#include "run/token_supply.hpp"

#include "run/errors.hpp"

#include <algorithm>
#include <vector>

namespace run {

namespace {

using base::Deadline;
using base::Micros;
using limiter::Batch;

constexpr Micros k_horizon{50000};  // so far ahead at least: 20 questions a second do

Micros now()
{
    return base::now_on(CLOCK_MONOTONIC);
}

Deadline at(Micros time)
{
    return Deadline::after(time - now());
}

}  // namespace

TokenSupply::TokenSupply(const limiter::TokenBucketOptions& options, Micros redis_timeout, redis::Session& session,
                         const process::Signals& signals)
    : m_stream(options), m_redis_timeout(redis_timeout), m_session(session), m_signals(signals),
      m_last_due(Deadline::after(Micros::zero())), m_exchange(session)
{
}

void TokenSupply::reach()
{
    answered(run::reach(
        m_session, m_signals, [this] { return m_stream.reserve(0, Micros::zero()); }, m_redis_timeout,
        m_stream.subject()));
}

void TokenSupply::advance()
{
    try {
        auto reply = m_exchange.advance();
        if (!reply && m_exchange.idle() && next().passed()) {
            ask();
            reply = m_exchange.advance();
        }
        if (reply)
            answered(*reply);
    } catch (const redis::Unavailable& e) {
        const std::string server = m_session.server().display();
        failed(redis::trouble(e, server, "lost " + server));
    } catch (const redis::NoLocalServer& e) {
        failed(fmt::format("lost {}: {}", m_session.server().display(), e.what()));
    }
}

Deadline TokenSupply::next() const
{
    if (!m_exchange.idle())
        return m_exchange.next();
    return m_wanted > m_reserved ? time_to_ask() : Deadline::never();
}

// The answer should be here before the last token that was reserved is due, even if it is late by half.
Deadline TokenSupply::time_to_ask() const
{
    const Micros left = m_last_due.left();
    return Deadline::after(left - std::max(horizon() / 2, m_round_trip * 3 / 2));
}

Micros TokenSupply::horizon() const
{
    return std::max(k_horizon, m_round_trip * 2);
}

void TokenSupply::ask()
{
    m_stream.reserve(m_wanted - m_reserved, horizon());
    m_exchange.ask([this] {
        m_sent = m_session.connected() ? std::optional(now()) : std::nullopt;
        return Attempt{m_stream.again(), Deadline::after(m_redis_timeout)};
    });
}

void TokenSupply::answered(const redis::Reply& reply)
{
    const Micros arrived = now();
    const Batch batch = limiter::TokenStream::reserved(reply);
    m_outage.over();
    if (batch.too_far)
        throw TooFar(m_stream.subject(), m_session.server().display());
    if (m_sent)
        m_round_trip = arrived - *m_sent;
    if (batch.count == 0)
        return;
    if (batch.others)
        m_parameters.warning(warning_of(*batch.others, m_stream.options()));
    m_reserved += batch.count;
    m_last_due = std::max(m_last_due, at(arrived + batch.due_after(batch.count)));
    m_arrivals.push_back({m_stream.last().id, batch, arrived});
}

void TokenSupply::failed(const std::string& trouble)
{
    m_outage.warning(fmt::format("{}: {}; no line is lost, trying again", m_stream.subject(), trouble));
}

std::int64_t TokenSupply::due()
{
    while (!m_arrivals.empty()) {
        Arrival& first = m_arrivals.front();
        const std::int64_t due = first.batch.due(now() - first.at);
        m_due += due - first.due;
        first.due = due;
        if (due < first.batch.count)
            break;
        m_arrivals.pop_front();
    }
    return m_due;
}

void TokenSupply::use(std::int64_t tokens)
{
    m_due -= tokens;
    m_reserved -= tokens;
}

Deadline TokenSupply::due_at(std::int64_t tokens) const
{
    std::int64_t missing = tokens - m_due;
    Micros latest{0};
    for (const Arrival& arrival : m_arrivals) {
        const std::int64_t used = std::min(missing, arrival.batch.count - arrival.due);
        latest = std::max(latest, arrival.at + arrival.batch.due_after(arrival.due + used));
        missing -= used;
        if (missing <= 0)
            return at(latest);
    }
    return missing > 0 ? Deadline::never() : at(latest);
}

void TokenSupply::give_back()
{
    due();
    std::vector<limiter::BatchEnd> newest_first;
    if (!m_exchange.idle())
        newest_first.push_back(m_stream.last());
    for (auto arrival = m_arrivals.rbegin(); arrival != m_arrivals.rend(); ++arrival)
        newest_first.push_back({arrival->id, arrival->batch.count - arrival->due});
    if (!newest_first.empty())
        try_briefly(m_session, m_signals, [&] { return m_stream.cancel(newest_first); });
}

}  // namespace run
