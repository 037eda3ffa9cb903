#include "redis/seeds.hpp"

#include <doctest/doctest.h>

using base::Error;
using base::ExitCode;
using redis::Seeds;

namespace {

void refuse(Seeds& seeds, const char* why)
{
    seeds.refused(Error(ExitCode::refused, "{}", why));
    seeds.failed();
}

}  // namespace

TEST_CASE("the nodes are tried in turn, again and again")
{
    Seeds seeds(3);
    for (const std::size_t place : {0U, 1U, 2U, 0U}) {
        CHECK(seeds.next() == place);
        seeds.failed();
    }
}

TEST_CASE("all have failed when each had its turn since one of them served")
{
    Seeds seeds(2);
    seeds.failed();
    CHECK(!seeds.all_failed());
    seeds.failed();
    CHECK(seeds.all_failed());
    seeds.served();
    CHECK(!seeds.all_failed());
}

TEST_CASE("a refusal by the only node counts at once")
{
    Seeds seeds(1);
    refuse(seeds, "no");
    CHECK(seeds.verdict().has_value());
}

TEST_CASE("a refusal counts when all others have failed after it, and once")
{
    Seeds seeds(3);
    for (int i = 0; i < 10; ++i)
        seeds.failed();
    refuse(seeds, "first");
    CHECK(!seeds.verdict());
    refuse(seeds, "second");
    CHECK(!seeds.verdict());
    seeds.failed();
    const auto verdict = seeds.verdict();
    REQUIRE(verdict.has_value());
    CHECK(std::string(verdict->what()) == "first");
    CHECK(!seeds.verdict());
}

TEST_CASE("nodes that are away alone are no refusal")
{
    Seeds seeds(1);
    seeds.failed();
    CHECK(!seeds.verdict());
    CHECK(!seeds.refusal());
}

TEST_CASE("a refusal is forgotten when another node serves")
{
    Seeds seeds(2);
    refuse(seeds, "no");
    CHECK(seeds.refusal().has_value());
    seeds.served();
    CHECK(!seeds.refusal());
    refuse(seeds, "no");
    CHECK(!seeds.refusal());
    seeds.failed();
    CHECK(seeds.verdict().has_value());
}
