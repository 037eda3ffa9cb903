#include "limiter/token_stream.hpp"

#include "base/random.hpp"
#include "limiter/keys.hpp"
#include "limiter/scripts.hpp"

#include <algorithm>

namespace limiter {

namespace {

using base::Micros;

constexpr Micros k_never{std::int64_t{1} << 53};

std::int64_t floor_of(std::int64_t dividend, std::int64_t divisor)
{
    return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

// So many steps, or what no clock comes to, if a server that means harm tells of more.
Micros all_of(std::int64_t steps, Micros step)
{
    std::int64_t product = 0;
    const bool too_much = __builtin_mul_overflow(steps, step.count(), &product);
    return too_much || product > k_never.count() ? k_never : Micros(product);
}

}  // namespace

std::int64_t Batch::due(Micros since) const
{
    if (since < origin)  // the end of a pause has not come
        return 0;
    const std::int64_t steps = floor_of((since - origin).count(), frequency.count());
    // The comparison comes before the multiplication, because a step may be a million million tokens.
    if (steps >= -floor_of(offset - count, step))
        return count;
    return std::max<std::int64_t>(0, offset + steps * step);
}

Micros Batch::due_after(std::int64_t k) const
{
    // What is there is due at the origin: in a bucket of a million million tokens the steps back to the first of them
    // would take longer than any number of µs can tell.
    return origin + all_of(std::max<std::int64_t>(0, -floor_of(offset - k, step)), frequency);
}

TokenStream::TokenStream(const TokenBucketOptions& options)
    : m_options(options), m_key(bucket_key(options.prefix, options.name))
{
}

redis::Request TokenStream::reserve(std::int64_t tokens, Micros horizon)
{
    m_id = base::random_id();
    m_tokens = tokens;
    m_horizon = horizon;
    return again();
}

redis::Request TokenStream::again() const
{
    return redis::script_request(subject(), scripts::bucket_reserve, {m_key},
                                 {m_id, std::to_string(m_options.capacity), std::to_string(m_options.amount),
                                  std::to_string(m_options.frequency.count()), std::to_string(m_tokens),
                                  std::to_string(m_horizon.count())},
                                 6);
}

Batch TokenStream::reserved(const redis::Reply& reply)
{
    return {.too_far = reply.integer_at(0) < 0,
            .count = reply.integer_at(1),
            .others = other_parameters(reply, 6),
            .origin = Micros(reply.integer_at(2)),
            .offset = reply.integer_at(3),
            .step = std::max<std::int64_t>(1, reply.integer_at(4)),
            .frequency = std::max(Micros(1), Micros(reply.integer_at(5)))};
}

redis::Request TokenStream::cancel(const std::vector<BatchEnd>& newest_first) const
{
    std::vector<std::string> words;
    for (const BatchEnd& end : newest_first) {
        words.push_back(end.id);
        words.push_back(std::to_string(end.tokens));
    }
    return redis::script_request(subject(), scripts::bucket_cancel, {m_key}, words, 0);
}

}  // namespace limiter
