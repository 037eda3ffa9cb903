#include "limiter/rights.hpp"

#include "limiter/keys.hpp"

#include <fmt/format.h>

namespace limiter {

namespace {

// RPUSH has no arguments that it refuses, so it does push, and nobody sees it.
constexpr const char* k_push_and_unlink =
    "redis.call('UNLINK', KEYS[1]) local r = redis.pcall('RPUSH', KEYS[1], '1') redis.call('UNLINK', KEYS[1]) return r";

constexpr const char* k_no_script = "0000000000000000000000000000000000000000";

// A rule ends at a blank and is quoted by some who take it: '?' stands for any byte that would get in the way.
std::string pattern(const std::string& key_prefix)
{
    std::string out;
    for (const char c : common_start(key_prefix))
        out += std::string_view(" *?[]\\\"'").find(c) == std::string_view::npos ? c : '?';
    return out + '*';
}

}  // namespace

std::vector<Right> rights(const std::string& key_prefix, int database, bool replicas)
{
    const std::string key = trial_key(key_prefix);
    std::vector<Right> all{
        {"~" + pattern(key_prefix), Need::limits, {"EVAL", "return 1", "1", key}},
        {"+eval", Need::limits, {"EVAL", "return 1", "0"}},
        {"+evalsha", Need::limits, {"EVALSHA", k_no_script, "0"}},
        {"+blpop", Need::limits, {"BLPOP", key, "no number"}, true},
        {"+time", Need::limits, {"TIME"}},
        {"+info", Need::limits, {"INFO", "server"}},
        {"+exists", Need::limits, {"EXISTS", key}, true},
        {"+pexpire", Need::limits, {"PEXPIRE", key, "1"}, true},
        {"+pexpireat", Need::limits, {"PEXPIREAT", key, "1"}, true},
        {"+rpush", Need::limits, {"EVAL", k_push_and_unlink, "1", key}, true},
        {"+hdel", Need::limits, {"HDEL", key, "field"}, true},
        {"+hget", Need::limits, {"HGET", key, "field"}, true},
        {"+hmget", Need::limits, {"HMGET", key, "field"}, true},
        {"+hset", Need::limits, {"HSET", key, "field", "value", "no pair"}, true},
        {"+zadd", Need::limits, {"ZADD", key, "no number", "member"}, true},
        {"+unlink", Need::limits, {"UNLINK", key}, true},
        {"+zcard", Need::limits, {"ZCARD", key}, true},
        {"+zcount", Need::limits, {"ZCOUNT", key, "0", "0"}, true},
        {"+zrange", Need::limits, {"ZRANGE", key, "0", "0"}, true},
        {"+zrangebyscore", Need::limits, {"ZRANGEBYSCORE", key, "0", "0"}, true},
        {"+zrem", Need::limits, {"ZREM", key, "member"}, true},
        {"+zscore", Need::limits, {"ZSCORE", key, "member"}, true},
        {"+zscan", Need::limits, {"ZSCAN", key, "0"}, true},
        {"+scan", Need::report, {"SCAN", "0", "COUNT", "1"}},
        {"+cluster|slots", Need::report, {"CLUSTER", "SLOTS"}},
        {"+select", Need::database, {"SELECT", std::to_string(database)}},
        {"+role", Need::sentinel, {"ROLE"}},
        {"+asking", Need::cluster, {"ASKING"}},
    };
    if (replicas)
        all.push_back({"+wait", Need::limits, {"WAIT", "0", "1"}});
    return all;
}

std::string acl_rule(const std::string& key_prefix, bool replicas)
{
    std::string rule;
    for (const Right& right : rights(key_prefix, 0, replicas))
        rule += (rule.empty() ? "" : " ") + right.rule;
    return rule;
}

}  // namespace limiter
