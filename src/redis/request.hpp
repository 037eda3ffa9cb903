// One question to a server, and what its answer must look like. A request may be sent more than once.
#pragma once

#include "redis/script.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redis {

// The value of Request::expected for a caller that wants to see whatever the server says, a redirection too.
inline constexpr std::string_view k_any_error;

// How many replicas must have what a script wrote before its answer counts.
struct Copies {
    std::size_t replicas = 0;
    std::optional<std::int64_t> promise = {};  // the first integer of the answers that this is about; nothing: all
};

struct Request {
    std::string subject;             // for messages: "sem 'api'"
    std::vector<std::string> words;  // of a script: the keys' number, the keys, the arguments
    std::size_t first_key = 0;       // its place in words, for messages; 0: no key
    const Script* script = nullptr;  // null: a plain command
    std::size_t integers = 0;        // what a script answers: an array of at least so many, or, for 0, a single one
    std::optional<std::string_view> expected = {};  // an error that begins so is an answer, not a fault
    Copies copies = {};                             // of a script
};

// KEYS and ARGV of EVALSHA (https://redis.io/docs/latest/commands/evalsha/).
Request script_request(std::string subject, const Script& script, const std::vector<std::string>& keys,
                       std::vector<std::string> args, std::size_t integers);

// " for keys …", for messages; empty for a request without keys.
std::string places(const Request& request);

}  // namespace redis
