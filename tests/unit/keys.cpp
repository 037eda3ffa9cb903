#include "limiter/keys.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace limiter;

namespace {

// What a cluster hashes: between the first '{' and the next '}', if that is not empty.
std::string hash_tag(const std::string& key)
{
    const std::size_t open = key.find('{');
    return key.substr(open + 1, key.find('}', open) - open - 1);
}

}  // namespace

TEST_CASE("a semaphore has four keys, in the order of the scripts")
{
    CHECK(semaphore_keys("limiters", "api") ==
          std::vector<std::string>{"limiters:2:sem:{api}", "limiters:2:sem:{api}:holders",
                                   "limiters:2:sem:{api}:waiters", "limiters:2:sem:{api}:alive"});
    CHECK(wake_key("limiters", "api", "0123") == "limiters:2:sem:{api}:wake:0123");
}

TEST_CASE("a bucket has one key")
{
    CHECK(bucket_key("limiters", "api") == "limiters:2:bucket:{api}");
}

TEST_CASE("all keys of one limiter are in one slot of a cluster")
{
    for (const std::string name : {"api", "a:b", "100%", "a b", "é"}) {
        for (const std::string& key : semaphore_keys("p", name))
            CHECK(hash_tag(key) == name);
        CHECK(hash_tag(wake_key("p", name, "0123")) == name);
        CHECK(hash_tag(bucket_key("p", name)) == name);
    }
}

TEST_CASE("a name that looks like a part of a key shares no key with another")
{
    std::vector<std::string> keys;
    for (const std::string name : {"foo", "foo-exists", "foo:holders", "foo:wake:0123", "%s", "%d"})
        for (const std::string& key : semaphore_keys("p", name))
            keys.push_back(key);
    for (std::size_t i = 0; i < keys.size(); ++i)
        for (std::size_t j = i + 1; j < keys.size(); ++j)
            CHECK(keys[i] != keys[j]);
}

TEST_CASE("the prefix comes first, so that a right can be given for its keys alone")
{
    for (const std::string& key : semaphore_keys("team", "api"))
        CHECK(key.starts_with("team:2:"));
    CHECK(bucket_key("team", "api").starts_with("team:2:"));
}

TEST_CASE("a semaphore is told from its key with whatever prefix, and nothing else is")
{
    const auto found = limiter::semaphore_of_key("other:2:sem:{api}");
    REQUIRE(found);
    CHECK(found->prefix == "other");
    CHECK(found->limiter.name == "api");
    for (const char* key : {"p:2:bucket:{api}", "p:2:sem:{api}:holders", "p:1:sem:{api}", "sem", ""})
        CHECK_MESSAGE(!limiter::semaphore_of_key(key), std::string(key));
}
