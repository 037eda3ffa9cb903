// A caller that takes token after token of one bucket, many with one question (bucket pipe, by run::TokenSupply). Like
// a TokenBucket, it only makes requests and reads their answers; the caller asks again() until one has come, and then
// may reserve() more.
#pragma once

#include "limiter/token_bucket.hpp"

#include <vector>

namespace limiter {

// What reserve.lua answers: `count` tokens, each due at a time of its own. All times are in µs after the answer.
struct Batch {
    bool too_far;  // no token: the wait, or the time to fill the bucket, would be above ten years
    std::int64_t count;
    OtherParameters others;

    // How many tokens are due so long after the answer.
    [[nodiscard]] std::int64_t due(base::Micros since) const;

    // How long after the answer the k-th token, counted from 1, is due; a negative time if it was due before.
    [[nodiscard]] base::Micros due_after(std::int64_t k) const;

    // The k-th token is due at origin + max(0, ceil((k - offset) / step)) * frequency: `offset` are there already, and
    // then `step` more come every `frequency`. The origin lies ahead only where it is the end of a pause.
    base::Micros origin;
    std::int64_t offset;
    std::int64_t step;
    base::Micros frequency;
};

// The last so many tokens of the batch with this id.
struct BatchEnd {
    std::string id;
    std::int64_t tokens;
};

class TokenStream {
public:
    // `tokens` and `max_wait` of the options do not matter.
    explicit TokenStream(const TokenBucketOptions& options);

    // A new question: reserves up to `tokens` (0: none, the answer tells that the bucket can be used). More than one is
    // reserved only as far as they are due within the horizon.
    redis::Request reserve(std::int64_t tokens, base::Micros horizon);

    // The last question again: the bucket charges it once, however often it is asked.
    [[nodiscard]] redis::Request again() const;

    // All that the last question can have reserved.
    [[nodiscard]] BatchEnd last() const { return {m_id, m_tokens}; }

    static Batch reserved(const redis::Reply& reply);

    // Gives back the ends of these batches, as far as they are not due, once all that was reserved after them has gone
    // back.
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
