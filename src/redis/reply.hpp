// An answer of the server, or a part of one, owned. https://redis.io/docs/latest/develop/reference/protocol-spec/
// (RESP2)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

struct redisReply;

namespace redis {

class Reply {
public:
    explicit Reply(redisReply* reply);  // takes ownership

    [[nodiscard]] bool is_error() const;
    [[nodiscard]] bool is_nil() const;

    // The bytes of a string, status or error; empty for anything else.
    [[nodiscard]] std::string_view text() const;

    [[nodiscard]] bool is_integer() const;
    [[nodiscard]] bool is_integer_at(std::size_t index) const;

    // Throws Error (internal) if this is not an integer.
    [[nodiscard]] std::int64_t integer() const;

    // Elements of an array; 0 for anything else.
    [[nodiscard]] std::size_t size() const;

    // The bytes at this place of an array; empty if there are none.
    [[nodiscard]] std::string_view text_at(std::size_t index) const;

    // The integer at this place of an array. Throws Error (internal) if there is none.
    [[nodiscard]] std::int64_t integer_at(std::size_t index) const;

    // The element at this place of an array, such as another array. Throws Error (internal) if there is none.
    [[nodiscard]] Reply at(std::size_t index) const;

private:
    explicit Reply(std::shared_ptr<redisReply> reply) : m_reply(std::move(reply)) {}

    std::shared_ptr<redisReply> m_reply;  // an element shares the ownership of the whole
};

}  // namespace redis
