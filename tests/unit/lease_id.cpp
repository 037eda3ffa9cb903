#include "limiter/lease_id.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using limiter::id_of_lease;
using limiter::Kept;
using limiter::lease_id;
using limiter::parse_lease;
using namespace std::chrono_literals;

namespace {

const std::string k_id = "0123456789abcdef0123456789abcdef";
const std::string k_server = "redis://h:6379";
const std::string k_prefix = "limiters";

std::string lease_of(std::string_view name)
{
    return lease_id(name, k_id, k_server, k_prefix);
}

std::string kept_lease_of(std::string_view name, const Kept& kept)
{
    return lease_id(name, k_id, k_server, k_prefix, kept);
}

// The part that holds the name.
std::string encoded(std::string_view name)
{
    const std::string lease = lease_of(name);
    return lease.substr(4, lease.find('.', 4) - 4);
}

}  // namespace

TEST_CASE("the name is in base64url, without padding")
{
    // The vectors of RFC 4648, section 10.
    CHECK(encoded("").empty());
    CHECK(encoded("f") == "Zg");
    CHECK(encoded("fo") == "Zm8");
    CHECK(encoded("foo") == "Zm9v");
    CHECK(encoded("foob") == "Zm9vYg");
    CHECK(encoded("fooba") == "Zm9vYmE");
    CHECK(encoded("foobar") == "Zm9vYmFy");
    // Section 5: the two digits that differ from base64, and bytes above 127.
    CHECK(encoded("\xfb\xff\xbf") == "-_-_");
    CHECK(encoded("\xff") == "_w");
    CHECK(encoded("\x14\xfb\x9c\x03\xd9\x7e") == "FPucA9l-");
}

TEST_CASE("a long name is encoded to its end")
{
    CHECK(encoded(std::string(200, '\xff')).size() == 267);
    CHECK(encoded(std::string(200, '\xff')).find_first_not_of('_') == 266);
}

TEST_CASE("a lease is one shell word of four parts")
{
    const std::string lease = lease_of("a b'$\n;é");
    CHECK(lease.starts_with("sem."));
    CHECK(lease.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
          std::string::npos);
    const std::size_t hash = lease.rfind('.') + 1;
    CHECK(lease.size() - hash == 8);
    CHECK(lease.find_first_not_of("0123456789abcdef", hash) == std::string::npos);
    CHECK(lease.substr(hash - 1 - k_id.size(), k_id.size()) == k_id);
}

TEST_CASE("the lease that a keeper renews has two more parts: its length in ms, and its ticket")
{
    CHECK(kept_lease_of("n", {1s, 7}) == lease_of("n") + ".1000.7");
    CHECK(kept_lease_of("n", {1500ms, 1796113919779123}) == lease_of("n") + ".1500.1796113919779123");
    CHECK(kept_lease_of("n", {24h, 7}) == lease_of("n") + ".86400000.7");
    CHECK(kept_lease_of("n", {}) == lease_of("n"));
}

TEST_CASE("the fourth part tells servers and prefixes apart, as it always has")
{
    CHECK(lease_of("n") == lease_of("n"));
    CHECK(lease_of("n") != lease_id("n", k_id, "redis://i:6379", k_prefix));
    CHECK(lease_of("n") != lease_id("n", k_id, k_server, "other"));
    // FNV-1a of "redis://h:6379 limiters"; a lease outlives an update of limiters.
    CHECK(lease_of("n").ends_with(".b8eda906"));
}

TEST_CASE("the id comes back out of the lease of this limiter, whatever its name")
{
    for (const std::string_view name : {"a", "api", "sem", "a.b", "...", "é", "\xff\xff\xff"})
        CHECK_MESSAGE(id_of_lease(lease_of(name), name, k_server, k_prefix) == k_id, name);
}

TEST_CASE("the id comes back out of a lease that a keeper renews too")
{
    CHECK(id_of_lease(kept_lease_of("n", {30s, 7}), "n", k_server, k_prefix) == k_id);
    CHECK(id_of_lease(kept_lease_of("n", {30s, 7}), "m", k_server, k_prefix).empty());
    CHECK(id_of_lease(kept_lease_of("n", {30s, 7}), "n", k_server, "other").empty());
}

TEST_CASE("a lease of anything else gives no id")
{
    const std::string lease = lease_of("n");
    CHECK(id_of_lease(lease, "m", k_server, k_prefix).empty());
    CHECK(id_of_lease(lease, "", k_server, k_prefix).empty());
    CHECK(id_of_lease(lease, "n", "redis://i:6379", k_prefix).empty());
    CHECK(id_of_lease(lease, "n", k_server, "other").empty());
}

TEST_CASE("a text that is no lease gives no id")
{
    const std::string lease = lease_of("n");
    for (std::size_t size = 0; size < lease.size(); ++size)
        CHECK_MESSAGE(id_of_lease(lease.substr(0, size), "n", k_server, k_prefix).empty(), size);
    for (const std::string& text :
         {lease + "0", "x" + lease, std::string("sem"), std::string("."), std::string(".."), std::string("..."),
          std::string(100, '.'), std::string(100, 'x'), "sem.." + k_id, "bucket" + lease.substr(3), lease + ".",
          std::string("sem.bg.0123456789ABCDEF0123456789ABCDEF.00000000")})
        CHECK_MESSAGE(id_of_lease(text, "n", k_server, k_prefix).empty(), text);
}

TEST_CASE("name and id come back out of a lease of any server")
{
    for (const std::string& name :
         {std::string("a"), std::string("ab"), std::string("abc"), std::string("a b'$;\xc3\xa9"), std::string("sem.x"),
          std::string("\xff\xfe"), std::string(200, '\xff')}) {
        const auto lease = parse_lease(lease_of(name));
        REQUIRE_MESSAGE(lease, name);
        CHECK(lease->name == name);
        CHECK(lease->id == k_id);
        CHECK(lease->kept == Kept{});
    }
}

TEST_CASE("length and ticket come back out of a lease that a keeper renews")
{
    for (const Kept& kept : {Kept{1ms, 1}, Kept{1000ms, 1796113919779123}, Kept{86400000ms, 9007199254740991}}) {
        const auto lease = parse_lease(kept_lease_of("name", kept));
        REQUIRE_MESSAGE(lease, kept.lease.count());
        CHECK(lease->name == "name");
        CHECK(lease->id == k_id);
        CHECK(lease->kept == kept);
    }
}

TEST_CASE("a length or a ticket that no lease can have makes no lease")
{
    const std::string lease = lease_of("name");
    REQUIRE(parse_lease(lease + ".86400000.7"));
    for (const std::string_view last : {".",
                                        "..",
                                        ".1",
                                        ".1000",
                                        ".1.",
                                        "..1",
                                        ".0.1",
                                        ".1.0",
                                        ".-1.1",
                                        ".1.-1",
                                        ".+1.1",
                                        ".1.+1",
                                        ".01.1",
                                        ".1.01",
                                        ".1 .1",
                                        ".1. 1",
                                        ". 1.1",
                                        ".1.1 ",
                                        ".1.1.",
                                        ".1.1.1",
                                        ".1s.1",
                                        ".1e3.1",
                                        ".0x1.1",
                                        ".a.1",
                                        ".1.a",
                                        "1000.1",
                                        "-1000.1",
                                        ".86400001.1",
                                        ".9223372036854775808.1",
                                        ".18446744073709551617.1",
                                        ".1.9223372036854775808",
                                        ".1.18446744073709551617"})
        CHECK_MESSAGE(!parse_lease(lease + std::string(last)), last);
}

TEST_CASE("a text that is no lease is not read as one")
{
    const std::string lease = lease_of("name");
    REQUIRE(parse_lease(lease));
    for (std::size_t size = 0; size < lease.size(); ++size)
        CHECK_MESSAGE(!parse_lease(lease.substr(0, size)), size);
    const std::vector<std::string> texts{lease + "0",
                                         " " + lease,
                                         "bucket" + lease.substr(3),
                                         "sem." + lease,
                                         "sem.bmFtZ." + lease.substr(11),
                                         "sem.bm=t." + lease.substr(11),
                                         "sem.bmFtZR." + lease.substr(11),
                                         "sem.bm+tZQ." + lease.substr(11),
                                         "sem.bmFtZQ.0123456789ABCDEF0123456789abcdef.00000000",
                                         "sem.bmFtZQ." + k_id + ".0000000G",
                                         "sem.bmFtZQ." + k_id + "-00000000",
                                         std::string(60, '.')};
    for (const std::string& text : texts)
        CHECK_MESSAGE(!parse_lease(text), text);
}

TEST_CASE("a name that no limiter can have makes no lease")
{
    for (const std::string& name : {std::string(), std::string("a{b"), std::string("a\nb"), std::string(201, 'a')})
        CHECK_MESSAGE(!parse_lease(lease_of(name)), name);
}
