#include "redis/reply.hpp"

#include "base/error.hpp"

#include <hiredis/hiredis.h>

namespace redis {

namespace {

// A script counts in doubles, so no more than this comes from one that is right: whoever adds two of them up need not
// fear that the sum is too large.
constexpr std::int64_t k_largest = std::int64_t{1} << 53;

std::int64_t require_integer(const redisReply* reply)
{
    if (reply == nullptr || reply->type != REDIS_REPLY_INTEGER)
        throw base::Error(base::ExitCode::internal, "Redis answered something other than the number that was expected");
    if (reply->integer < -k_largest || reply->integer > k_largest)
        throw base::Error(base::ExitCode::internal, "Redis answered {}, which no script does", reply->integer);
    return reply->integer;
}

std::string_view text_of(const redisReply* reply)
{
    const bool has_text =
        reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS || reply->type == REDIS_REPLY_ERROR;
    return has_text ? std::string_view(reply->str, static_cast<std::size_t>(reply->len)) : std::string_view();
}

}  // namespace

Reply::Reply(redisReply* reply) : m_reply(reply, freeReplyObject) {}

bool Reply::is_error() const
{
    return m_reply->type == REDIS_REPLY_ERROR;
}

bool Reply::is_nil() const
{
    return m_reply->type == REDIS_REPLY_NIL;
}

std::string_view Reply::text() const
{
    return text_of(m_reply.get());
}

std::string_view Reply::text_at(std::size_t index) const
{
    return index < size() ? text_of(m_reply->element[index]) : std::string_view();
}

bool Reply::is_integer() const
{
    return m_reply->type == REDIS_REPLY_INTEGER;
}

bool Reply::is_integer_at(std::size_t index) const
{
    return index < size() && m_reply->element[index]->type == REDIS_REPLY_INTEGER;
}

std::int64_t Reply::integer() const
{
    return require_integer(m_reply.get());
}

std::size_t Reply::size() const
{
    return m_reply->type == REDIS_REPLY_ARRAY ? m_reply->elements : 0;
}

std::int64_t Reply::integer_at(std::size_t index) const
{
    return require_integer(index < size() ? m_reply->element[index] : nullptr);
}

Reply Reply::at(std::size_t index) const
{
    if (index >= size())
        throw base::Error(base::ExitCode::internal, "Redis answered less than what was expected");
    return Reply(std::shared_ptr<redisReply>(m_reply, m_reply->element[index]));
}

}  // namespace redis
