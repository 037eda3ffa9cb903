#include "run/long_wait.hpp"

#include <doctest/doctest.h>

#include <vector>

using run::LongWait;

TEST_CASE("a long wait is told after 10 s, 30 s, 2 and 10 minutes, and then every ten minutes")
{
    std::vector<std::int64_t> seconds;
    for (int line = 0; line < 7; ++line)
        seconds.push_back(std::chrono::duration_cast<std::chrono::seconds>(LongWait::due_after(line)).count());
    CHECK(seconds == std::vector<std::int64_t>{10, 30, 120, 600, 1200, 1800, 2400});
}

TEST_CASE("nothing is due where nothing is wanted")
{
    CHECK(LongWait(false).next().is_never());
    CHECK(!LongWait(false).due());
    CHECK(LongWait(true).next().left() > std::chrono::seconds(9));
}
