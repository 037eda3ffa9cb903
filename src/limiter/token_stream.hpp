// A caller that takes token after token of one bucket, many with one question. Sends nothing itself: see token_bucket.
#pragma once

#include "limiter/token_bucket.hpp"

#include <vector>

namespace limiter {

// What reserve.lua answers: so many tokens, each due at a time of its own.
struct Batch {
    bool too_far;  // none: the wait, or the time to fill the bucket, would be above ten years
    std::int64_t count;
    OtherParameters others;

    // How many of them are due so long after the answer.
    [[nodiscard]] std::int64_t due(base::Micros since) const;

    // How long after the answer the k-th is due, from 1; it may be a negative time.
    [[nodiscard]] base::Micros due_after(std::int64_t k) const;

    // The k-th is due at origin + max(0, ceil((k - offset) / step)) * frequency.
    base::Micros origin;
    std::int64_t offset;
    std::int64_t step;
    base::Micros frequency;
};

// So many tokens of one question.
struct BatchEnd {
    std::string id;
    std::int64_t tokens;
};

class TokenStream {
public:
    // `tokens` and `max_wait` of the options do not matter.
    explicit TokenStream(const TokenBucketOptions& options);

    // Reserves up to so many tokens (0: none, the answer tells that the bucket can be used), more than one only as
    // far as they are due within the horizon.
    redis::Request reserve(std::int64_t tokens, base::Micros horizon);

    // The same question, charged once however often it is asked.
    [[nodiscard]] redis::Request again() const;

    // All that it can have reserved.
    [[nodiscard]] BatchEnd asked() const { return {m_id, m_tokens}; }

    static Batch reserved(const redis::Reply& reply);

    // Gives the last so many tokens of each back, as far as they are not due, once all that was reserved after them
    // has gone back.
    [[nodiscard]] redis::Request cancel(const std::vector<BatchEnd>& newest_first) const;

    [[nodiscard]] const TokenBucketOptions& options() const { return m_options; }
    [[nodiscard]] std::string subject() const { return bucket_subject(m_options); }

private:
    TokenBucketOptions m_options;
    std::string m_key;
    std::string m_id;
    std::int64_t m_tokens = 0;
    base::Micros m_horizon{0};
};

}  // namespace limiter
