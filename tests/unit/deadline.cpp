#include "base/clock.hpp"

#include <doctest/doctest.h>

using base::Deadline;
using base::Micros;
using base::now_on;

TEST_CASE("a deadline of nothing has passed at once")
{
    CHECK(Deadline::after(Micros(0)).passed());
    CHECK(Deadline::after(Micros(0)).left() == Micros(0));
}

TEST_CASE("a deadline in the past has passed and has nothing left")
{
    CHECK(Deadline::after(Micros(-5000000)).passed());
    CHECK(Deadline::after(Micros(-5000000)).left() == Micros(0));
}

TEST_CASE("a deadline to come has no more left than it was given")
{
    const Deadline hour = Deadline::after(std::chrono::hours(1));
    CHECK(!hour.passed());
    CHECK(!hour.is_never());
    CHECK(hour.left() <= std::chrono::hours(1));
    CHECK(hour.left() > std::chrono::minutes(59));
}

TEST_CASE("what is left only shrinks")
{
    const Deadline hour = Deadline::after(std::chrono::hours(1));
    Micros before = hour.left();
    for (int i = 0; i < 1000; ++i) {
        const Micros now = hour.left();
        CHECK(now <= before);
        before = now;
    }
}

TEST_CASE("never is after every other deadline, and never passes")
{
    CHECK(Deadline::never().is_never());
    CHECK(!Deadline::never().passed());
    CHECK(Deadline::never().left() == Micros::max());
    CHECK(Deadline::never() > Deadline::after(std::chrono::hours(24 * 3652)));
}

TEST_CASE("a span too long for the clock is never, not the past")
{
    CHECK(Deadline::after(Micros::max()).is_never());
    CHECK(Deadline::after(Micros::max() - Micros(1)).is_never());
    CHECK(!Deadline::after(std::chrono::hours(24 * 3652)).passed());
}

TEST_CASE("deadlines are in order of their spans")
{
    CHECK(Deadline::after(std::chrono::hours(1)) < Deadline::after(std::chrono::hours(2)));
    CHECK(Deadline::after(std::chrono::hours(-1)) < Deadline::after(Micros(0)));
}

TEST_CASE("a clock is read in microseconds and does not run backwards")
{
    const Micros first = now_on(CLOCK_MONOTONIC);
    CHECK(first > Micros(0));
    CHECK(now_on(CLOCK_MONOTONIC) >= first);
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    const Micros boot = now_on(CLOCK_BOOTTIME);
    CHECK(boot.count() / 1000000 - now.tv_sec >= 0);
    CHECK(boot.count() / 1000000 - now.tv_sec < 60);
}
