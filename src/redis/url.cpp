#include "redis/url.hpp"

#include "base/number.hpp"

#include <fmt/format.h>

namespace redis {

namespace {

[[noreturn]] void reject(std::string_view part, std::string_view why)
{
    throw BadUrl(fmt::format("{}: {}", part, why));
}

template <typename T>
T number(std::string_view text, std::string_view part, T low, T high)
{
    const auto value = base::whole_number<T>(text);
    if (!value || *value < low || *value > high)
        reject(part, fmt::format("not a whole number from {} to {}", low, high));
    return *value;
}

int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text, std::string_view part)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            reject(part, "a '%' must be followed by two hex digits");
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

void parse_credentials(std::string_view text, Server& server)
{
    const std::size_t colon = text.find(':');
    server.user = percent_decoded(text.substr(0, colon), "the user");
    if (colon != std::string_view::npos)
        server.password = base::Secret(percent_decoded(text.substr(colon + 1), "the password"));
}

// What is shown in messages must not be a part of a query, or of anything else that may hold a password.
void require_plain(std::string_view text, std::string_view part, std::string_view why)
{
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f ||
            std::string_view("?#%&=\"'<>\\").find(c) != std::string_view::npos)
            reject(part, why);
}

Node parse_node(std::string_view text, std::uint16_t default_port)
{
    Node node;
    node.port = default_port;
    std::size_t end = text.find(':');
    if (text.starts_with('[')) {  // RFC 3986, 3.2.2: an IPv6 address stands in brackets
        end = text.find(']');
        if (end == std::string_view::npos)
            reject("the host", "a '[' without its ']'");
        node.host = text.substr(1, end - 1);
        ++end;
    } else {
        node.host = text.substr(0, end);
    }
    if (node.host.empty())
        reject("the host", "it is empty");
    require_plain(node.host, "the host", "it holds a character that no host name has");
    if (end >= text.size())
        return node;
    if (text[end] != ':')
        reject("the host", "only ':port' may follow it");
    node.port = number<std::uint16_t>(text.substr(end + 1), "the port", 1, 65535);
    return node;
}

// Reads the part before the first '/': user, password and hosts. Returns what follows it.
std::string_view parse_authority(std::string_view rest, std::uint16_t default_port, Server& server)
{
    const std::size_t slash = rest.find('/');
    std::string_view authority = rest.substr(0, slash);
    // A password that was not encoded would be taken apart: a part of it for a host, and the rest for what follows.
    if (slash != std::string_view::npos && rest.find('@', slash) != std::string_view::npos)
        reject("the password", "an '@' stands after a '/': in a user or a password, '/' is written as %2F");
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        parse_credentials(authority.substr(0, at), server);
        authority.remove_prefix(at + 1);
    }
    for (;;) {
        const std::size_t comma = authority.find(',');
        server.nodes.push_back(parse_node(authority.substr(0, comma), default_port));
        if (comma == std::string_view::npos)
            break;
        authority.remove_prefix(comma + 1);
    }
    return slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
}

void parse_database(std::string_view text, Server& server)
{
    if (!text.empty())
        server.database = number<int>(text, "the database", 0, 1000000);
}

Server parse_tcp(std::string_view rest)
{
    Server server;
    parse_database(parse_authority(rest, 6379, server), server);
    return server;
}

Server parse_sentinel(std::string_view rest)
{
    Server server;
    const std::string_view path = parse_authority(rest, 26379, server);
    const std::size_t slash = path.find('/');
    server.service = path.substr(0, slash);
    if (server.service.empty())
        reject("the service", "redis+sentinel://host/SERVICE names the one the sentinels know");
    require_plain(server.service, "the service", "it holds a character that no name of one has");
    if (slash != std::string_view::npos)
        parse_database(path.substr(slash + 1), server);
    return server;
}

Server parse_unix(std::string_view rest)
{
    Server server;
    const std::size_t question = rest.find('?');
    Node node;
    node.path = rest.substr(0, question);
    if (!node.path.starts_with('/'))
        reject("the path", "it must be absolute: unix:///path");
    if (node.path.size() > 107)  // sun_path of unix(7), with its NUL
        reject("the path", "longer than the 107 bytes of a socket's name");
    server.nodes.push_back(node);
    if (question == std::string_view::npos)
        return server;
    const std::string_view query = rest.substr(question + 1);
    if (!query.starts_with("db="))
        reject("the query", "only ?db=N is known");
    server.database = number<int>(query.substr(3), "the database", 0, 1000000);
    return server;
}

}  // namespace

std::string Server::display() const
{
    if (nodes.front().host.empty())
        return fmt::format("unix://{}{}", nodes.front().path, database != 0 ? fmt::format("?db={}", database) : "");
    std::string text = !service.empty() ? "redis+sentinel://" : tls ? "rediss://" : "redis://";
    for (const Node& node : nodes)
        text += (&node == &nodes.front() ? "" : ",") + node.display();
    if (!service.empty())
        text += "/" + service;
    return database != 0 ? fmt::format("{}/{}", text, database) : text;
}

Server parse_url(std::string_view url)
{
    const std::size_t end = url.find("://");
    const std::string_view scheme = url.substr(0, end);
    if (end == std::string_view::npos)
        reject("the scheme", "start with redis://, rediss://, redis+sentinel:// or unix://");
    const std::string_view rest = url.substr(end + 3);
    if (scheme == "unix")
        return parse_unix(rest);
    if (scheme == "redis+sentinel")
        return parse_sentinel(rest);
    const bool tls = scheme == "rediss" || scheme == "valkeys";
    if (!tls && scheme != "redis" && scheme != "valkey")
        reject("the scheme", "redis, rediss, redis+sentinel, valkey, valkeys and unix are known");
    Server server = parse_tcp(rest);
    server.tls = tls;
    return server;
}

}  // namespace redis
