#include "redis/masters.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace redis {

namespace {

constexpr std::string_view k_other_slots = "CROSSSLOT";
constexpr const char* k_keys_a_round = "1000";  // looked at, not found: few rounds, none of which holds up the server

}  // namespace

Request spans_slots(std::string subject, const std::string& one, const std::string& another)
{
    return {std::move(subject), {"EXISTS", one, another}, 1, nullptr, 0, k_other_slots};
}

bool is_cluster(const Reply& reply)
{
    return reply.is_error();
}

Request cluster_slots(std::string subject)
{
    return {std::move(subject), {"CLUSTER", "SLOTS"}};
}

std::vector<Server> masters(const Reply& reply, const Server& cluster)
{
    std::vector<Server> found;
    for (std::size_t i = 0; i < reply.size(); ++i) {
        const Reply node = reply.at(i).at(2);
        Server server = cluster;
        server.nodes = {cluster.nodes.front()};
        if (!node.text_at(0).empty())  // a node that does not know its own address: the one that was asked
            server.nodes.front().host = node.text_at(0);
        server.nodes.front().port = static_cast<std::uint16_t>(node.integer_at(1));
        const auto same = [&](const Server& other) { return other.nodes == server.nodes; };
        if (std::none_of(found.begin(), found.end(), same))
            found.push_back(std::move(server));
    }
    return found;
}

std::int64_t served_slots(const Reply& reply)
{
    std::int64_t count = 0;
    for (std::size_t i = 0; i < reply.size(); ++i)
        count += reply.at(i).integer_at(1) - reply.at(i).integer_at(0) + 1;
    return count;
}

std::string escaped_for_match(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (std::string_view("*?[]\\").find(c) != std::string_view::npos)
            out += '\\';
        out += c;
    }
    return out;
}

Request scan(std::string subject, const std::string& cursor, const std::string& match)
{
    return {std::move(subject), {"SCAN", cursor, "MATCH", match, "COUNT", k_keys_a_round}};
}

Scanned scanned(const Reply& reply)
{
    Scanned scanned{std::string(reply.text_at(0)), {}};
    const Reply keys = reply.at(1);
    for (std::size_t i = 0; i < keys.size(); ++i)
        scanned.keys.emplace_back(keys.text_at(i));
    if (scanned.cursor.empty())
        throw base::Error(base::ExitCode::internal, "the answer to SCAN makes no sense: is this a Redis server?");
    return scanned;
}

}  // namespace redis
