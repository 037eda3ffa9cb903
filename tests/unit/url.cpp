#include "redis/url.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using redis::BadUrl;
using redis::parse_url;
using redis::Server;

namespace {

const redis::Node& only_node(const Server& server)
{
    REQUIRE(server.nodes.size() == 1);
    return server.nodes.front();
}

redis::Node node_of(std::string_view url)
{
    return only_node(parse_url(url));
}

// What is wrong with this URL; empty if nothing is.
std::string problem(std::string_view url)
{
    try {
        parse_url(url);
    } catch (const BadUrl& e) {
        return e.what();
    }
    return {};
}

bool names(std::string_view url, std::string_view part)
{
    return problem(url).starts_with(std::string(part) + ": ");
}

}  // namespace

TEST_CASE("a host alone is port 6379 and database 0, without a login")
{
    const Server server = parse_url("redis://cache.example");
    CHECK(only_node(server).host == "cache.example");
    CHECK(only_node(server).port == 6379);
    CHECK(only_node(server).path.empty());
    CHECK(server.service.empty());
    CHECK(!server.tls);
    CHECK(server.database == 0);
    CHECK(server.user.empty());
    CHECK(server.password.empty());
}

TEST_CASE("a full URL has user, password, host, port and database")
{
    const Server server = parse_url("redis://tom:secret@10.0.0.1:7000/15");
    CHECK(server.user == "tom");
    CHECK(server.password.reveal() == "secret");
    CHECK(only_node(server).host == "10.0.0.1");
    CHECK(only_node(server).port == 7000);
    CHECK(server.database == 15);
}

TEST_CASE("valkey is the same as redis")
{
    const Server server = parse_url("valkey://:pw@h:1/2");
    CHECK(server.display() == parse_url("redis://:pw@h:1/2").display());
    CHECK(server.password.reveal() == "pw");
}

TEST_CASE("a password may stand without a user")
{
    const Server server = parse_url("redis://:secret@h");
    CHECK(server.user.empty());
    CHECK(server.password.reveal() == "secret");
    CHECK(only_node(server).host == "h");
}

TEST_CASE("a user may stand without a password")
{
    CHECK(parse_url("redis://tom@h").user == "tom");
    CHECK(parse_url("redis://tom@h").password.empty());
    CHECK(parse_url("redis://tom:@h").password.empty());
}

TEST_CASE("the password goes from the first colon to the last at sign")
{
    const Server server = parse_url("redis://u:a:b@c:d@h:1");
    CHECK(server.user == "u");
    CHECK(server.password.reveal() == "a:b@c:d");
    CHECK(only_node(server).host == "h");
}

TEST_CASE("user and password are percent-decoded")
{
    const Server server = parse_url("redis://a%40b:p%3A%2f%2F%25%41@h");
    CHECK(server.user == "a@b");
    CHECK(server.password.reveal() == "p://%A");
    CHECK(parse_url("redis://:%00%ff@h").password.reveal() == std::string("\0\xff", 2));
}

TEST_CASE("a percent sign without two hex digits is refused")
{
    for (const std::string password : {"%", "a%", "%4", "%4g", "%g4", "%%41", "a%2", "% 41", "%-1"}) {
        CHECK_MESSAGE(names(std::string("redis://u:") + password + "@h", "the password"), password);
        CHECK_MESSAGE(names(std::string("redis://") + password + "@h", "the user"), password);
    }
}

TEST_CASE("an IPv6 address stands in brackets, and is shown in them")
{
    const Server server = parse_url("redis://u:p@[2001:db8::1]:7000/3");
    CHECK(only_node(server).host == "2001:db8::1");
    CHECK(only_node(server).port == 7000);
    CHECK(server.database == 3);
    CHECK(server.display() == "redis://[2001:db8::1]:7000/3");
    CHECK(node_of("redis://[::1]").host == "::1");
    CHECK(node_of("redis://[::1]").port == 6379);
}

TEST_CASE("a database is optional, its slash too")
{
    CHECK(parse_url("redis://h/").database == 0);
    CHECK(parse_url("redis://h:1/").database == 0);
    CHECK(parse_url("redis://h/7").database == 7);
    CHECK(parse_url("unix:///s?db=7").database == 7);
}

TEST_CASE("a Unix socket is an absolute path")
{
    const Server server = parse_url("unix:///run/redis/a b.sock");
    CHECK(only_node(server).host.empty());
    CHECK(only_node(server).path == "/run/redis/a b.sock");
    CHECK(server.display() == "unix:///run/redis/a b.sock");
    CHECK(parse_url("unix:///s?db=2").display() == "unix:///s?db=2");
}

TEST_CASE("a path must fit the name of a socket")
{
    CHECK(problem("unix:///" + std::string(106, 'x')).empty());
    CHECK(names("unix:///" + std::string(107, 'x'), "the path"));
}

TEST_CASE("the wrong part is named")
{
    for (const std::string url : {"", "localhost", "localhost:6379", "redis:/h", "redis:h", "/run/redis.sock",
                                  "http://h", "REDIS", "://h", "tcp://h", "redi://h", "redisx://h", " redis://h"})
        CHECK_MESSAGE(names(url, "the scheme"), url);
    for (const std::string url : {"redis://", "redis:///0", "redis://:6379", "redis://u:p@", "redis://@", "redis://@:1",
                                  "redis://[]", "redis://[::1", "redis://[::1]x", "redis://[::1]6379", "redis://::1"})
        CHECK_MESSAGE(names(url, "the host"), url);
    for (const std::string url : {"redis://h:", "redis://h:0", "redis://h:65536", "redis://h:-1", "redis://h:+1",
                                  "redis://h:1x", "redis://h:x", "redis://h: 1", "redis://h:1 ", "redis://h:4294967297",
                                  "redis://[::1]:", "redis://[::1]:99999", "redis://h:0x50", "redis://h:1:2"})
        CHECK_MESSAGE(names(url, "the port"), url);
    for (const std::string url : {"redis://h/-1", "redis://h/x", "redis://h/1x", "redis://h/0/1", "redis://h/ 1",
                                  "redis://h/+1", "redis://h/99999999999", "redis://h/1000001", "redis://h/0?a=b",
                                  "unix:///s?db=", "unix:///s?db=x", "unix:///s?db=-1", "unix:///s?db=1&x=2"})
        CHECK_MESSAGE(names(url, "the database"), url);
    for (const std::string url : {"unix://", "unix://s", "unix://h/s", "unix://?db=1", "unix://./s"})
        CHECK_MESSAGE(names(url, "the path"), url);
    for (const std::string url : {"unix:///s?", "unix:///s?x=1", "unix:///s?DB=1", "unix:///s?db"})
        CHECK_MESSAGE(names(url, "the query"), url);
}

TEST_CASE("a host name holds nothing that cannot stand in one")
{
    for (const std::string url : {"redis://h?db=1", "redis://h#x", "redis://a b", "redis://h?password=x", "redis://h\n",
                                  "redis://h%41", "redis://<host>"})
        CHECK_MESSAGE(names(url, "the host"), url);
}

TEST_CASE("the highest port and database are accepted")
{
    CHECK(node_of("redis://h:65535").port == 65535);
    CHECK(node_of("redis://h:1").port == 1);
    CHECK(parse_url("redis://h/1000000").database == 1000000);
}

TEST_CASE("no message holds the password, whatever else is wrong")
{
    for (const std::string rest :
         {"@h:x", "@h/x", "@", "@[::1", "%zz@h", "@h:99999/0", "@h/-1", "@:1", "", "/x@h", "?x@h", "@h:1:2"}) {
        const std::string url = std::string("redis://tom:hunter2") + rest;
        const std::string said = problem(url);
        CHECK_MESSAGE(said.find("hunter2") == std::string::npos, url);
    }
}

TEST_CASE("a password with a slash that was not encoded is refused, wherever its parts would have gone")
{
    for (const std::string url :
         {"redis://tom:hunter2/x@h", "redis://tom:12/3@h", "redis://tom:1@h/2@h:1", "redis+sentinel://tom:12/hunter2@h",
          "redis+sentinel://tom:12/hunter2@h:1/s", "redis+sentinel://tom:12/s/3@h"})
        CHECK_MESSAGE(names(url, "the password"), url);
}

TEST_CASE("a service has no query behind it")
{
    for (const std::string url : {"redis+sentinel://h/s?password=hunter2", "redis+sentinel://h/s#x",
                                  "redis+sentinel://h/a b", "redis+sentinel://h/s&x=1"})
        CHECK_MESSAGE(names(url, "the service"), url);
    CHECK(parse_url("redis+sentinel://h/my-master.2_b:c").service == "my-master.2_b:c");
}

TEST_CASE("what is shown of a server holds neither user nor password")
{
    const Server server = parse_url("redis://tom:hunter2@h:7000/3");
    CHECK(server.display() == "redis://h:7000/3");
    CHECK(parse_url("redis://:hunter2@h").display() == "redis://h:6379");
}

TEST_CASE("several hosts stand between commas, each with its own port")
{
    const Server server = parse_url("redis://u:p@a,b:7000,[::1]:7001,[::2]/3");
    const std::vector<redis::Node> nodes{{"a", 6379, ""}, {"b", 7000, ""}, {"::1", 7001, ""}, {"::2", 6379, ""}};
    CHECK(server.nodes == nodes);
    CHECK(server.database == 3);
    CHECK(server.password.reveal() == "p");
    CHECK(server.display() == "redis://a:6379,b:7000,[::1]:7001,[::2]:6379/3");
}

TEST_CASE("an empty host among several is refused")
{
    for (const std::string url : {"redis://a,", "redis://,a", "redis://a,,b", "redis://a,:1", "redis+sentinel://a,/s"})
        CHECK_MESSAGE(names(url, "the host"), url);
}

TEST_CASE("rediss and valkeys are TLS")
{
    CHECK(parse_url("rediss://h").tls);
    CHECK(parse_url("valkeys://h").tls);
    CHECK(!parse_url("valkey://h").tls);
    CHECK(parse_url("valkeys://h:1/2").display() == "rediss://h:1/2");
    CHECK(node_of("rediss://h").port == 6379);
}

TEST_CASE("sentinels are named with the service whose master they know")
{
    const Server server = parse_url("redis+sentinel://u:p@a,b:7000/mymaster/2");
    const std::vector<redis::Node> nodes{{"a", 26379, ""}, {"b", 7000, ""}};
    CHECK(server.nodes == nodes);
    CHECK(server.service == "mymaster");
    CHECK(server.database == 2);
    CHECK(server.user == "u");
    CHECK(server.password.reveal() == "p");
    CHECK(server.display() == "redis+sentinel://a:26379,b:7000/mymaster/2");
    CHECK(parse_url("redis+sentinel://a/s").database == 0);
    CHECK(parse_url("redis+sentinel://a/s/").database == 0);
}

TEST_CASE("sentinels without a service, or with a wrong database, are refused")
{
    for (const std::string url : {"redis+sentinel://a", "redis+sentinel://a/", "redis+sentinel://a//2"})
        CHECK_MESSAGE(names(url, "the service"), url);
    for (const std::string url : {"redis+sentinel://a/s/x", "redis+sentinel://a/s/-1", "redis+sentinel://a/s/0/1"})
        CHECK_MESSAGE(names(url, "the database"), url);
}
