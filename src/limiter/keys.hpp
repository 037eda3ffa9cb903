// The names of all keys that limiters has in Redis, and no other file knows how they are made. The keys of one limiter
// stand under one hash tag, so that they lie in one slot of a cluster. The 2 in them is the version of the layout.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace limiter {

// The KEYS of the scripts of a semaphore: P, P:holders, P:waiters, P:alive (lua/semaphore/opening.lua).
std::vector<std::string> semaphore_keys(const std::string& prefix, const std::string& name);

// One of the three lists of ids: who holds, who waits, and who waited or was given up a while ago.
enum class Members { holders, waiters, remembered };
std::string members_key(const std::string& prefix, const std::string& name, Members members);

// The list to which a word is pushed to wake the waiter with this id.
std::string wake_key(const std::string& prefix, const std::string& name, const std::string& id);

// The only KEY of the scripts of a bucket.
std::string bucket_key(const std::string& prefix, const std::string& name);

enum class Kind { semaphore, bucket };

struct LimiterName {
    std::string name;
    Kind kind;

    // The limiter in a message: sem 'api'.
    [[nodiscard]] std::string subject() const;

    friend auto operator<=>(const LimiterName&, const LimiterName&) = default;
};

// What the keys of every limiter with this prefix begin with.
std::string common_start(const std::string& prefix);

// The limiter whose key this is: P of a semaphore, or a bucket. Nothing for any other key.
std::optional<LimiterName> limiter_of_key(std::string_view key, const std::string& prefix);

// Patterns for SCAN. Some other keys match too: limiter_of_key() and semaphore_of_key() tell.
std::string limiters_pattern(const std::string& prefix);
std::string semaphores_pattern();  // with any prefix

// The semaphore whose P this is, with whatever prefix.
struct PrefixedName {
    std::string prefix;
    LimiterName limiter;
};
std::optional<PrefixedName> semaphore_of_key(const std::string& key);

// A key that no limiter has, for questions that only try out what a user may do.
std::string trial_key(const std::string& prefix);

}  // namespace limiter
