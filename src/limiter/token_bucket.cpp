#include "limiter/token_bucket.hpp"

#include "base/duration.hpp"
#include "base/random.hpp"
#include "limiter/agreed.hpp"
#include "limiter/keys.hpp"
#include "limiter/scripts.hpp"

namespace limiter {

static_assert(base::k_longest_duration.count() == agreed::k_ten_years, "lua/bucket/common_agreed.lua says it too");

std::string bucket_subject(const TokenBucketOptions& options)
{
    return fmt::format("bucket '{}'", options.name);
}

OtherParameters other_parameters(const redis::Reply& reply, std::size_t index)
{
    if (reply.size() <= index || reply.at(index).size() == 0)
        return std::nullopt;
    const redis::Reply others = reply.at(index);
    return Parameters{.capacity = others.integer_at(0),
                      .amount = others.integer_at(1),
                      .frequency = base::Micros(others.integer_at(2))};
}

std::string warning_of(const Parameters& others, const TokenBucketOptions& options)
{
    return fmt::format("{}: others use capacity {}, {} every {}; these take effect at once; let all use the same",
                       bucket_subject(options), others.capacity, others.amount,
                       base::format_duration(others.frequency));
}

TokenBucket::TokenBucket(TokenBucketOptions options)
    : m_options(std::move(options)), m_id(base::random_id()), m_key(bucket_key(m_options.prefix, m_options.name))
{
}

redis::Request TokenBucket::acquire(std::optional<base::Micros> max_wait) const
{
    const TokenBucketOptions& o = m_options;
    return redis::script_request(subject(), scripts::bucket_acquire, {m_key},
                                 {m_id, std::to_string(o.capacity), std::to_string(o.amount),
                                  std::to_string(o.frequency.count()), std::to_string(o.tokens),
                                  max_wait ? std::to_string(max_wait->count()) : "-1"},
                                 2);
}

Reservation TokenBucket::acquired(const redis::Reply& reply)
{
    return {.state = static_cast<Reservation::State>(reply.integer_at(0)),
            .wait = base::Micros(reply.integer_at(1)),
            .others = other_parameters(reply, 2),
            .orders = orders_at(reply, 3)};
}

redis::Request TokenBucket::cancel() const
{
    return redis::script_request(subject(), scripts::bucket_cancel, {m_key}, {m_id, std::to_string(m_options.tokens)},
                                 0);
}

}  // namespace limiter
