// The names of a limiter's keys. All of one limiter stand under one hash tag: one slot of a cluster. The 2 is the
// layout's version.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limiter {

// P, P:holders, P:waiters, P:alive (lua/semaphore/opening.lua).
std::vector<std::string> semaphore_keys(const std::string& prefix, const std::string& name);

// Where a waiter is woken.
std::string wake_key(const std::string& prefix, const std::string& name, const std::string& id);

std::string bucket_key(const std::string& prefix, const std::string& name);

enum class Kind { semaphore, bucket };

struct LimiterName {
    std::string name;
    Kind kind;

    // For messages: sem 'api'.
    [[nodiscard]] std::string subject() const;

    friend auto operator<=>(const LimiterName&, const LimiterName&) = default;
};

// What the key of every limiter begins with; between this and its last byte, '}', stand kind and name.
std::string common_start(const std::string& prefix);

// The limiter whose key this is: P of a semaphore, or a bucket. Nothing for any other key.
std::optional<LimiterName> limiter_of_key(std::string_view key, const std::string& prefix);

}  // namespace limiter
