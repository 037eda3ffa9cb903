#include "limiter/token_stream.hpp"

#include <doctest/doctest.h>

using base::Micros;
using limiter::Batch;

namespace {

Batch batch(std::int64_t count, int origin, std::int64_t offset, std::int64_t step, int frequency)
{
    return {false, count, std::nullopt, Micros(origin), offset, step, Micros(frequency)};
}

}  // namespace

TEST_CASE("the tokens of a batch are due one step after the other")
{
    const Batch b = batch(7, -5, 1, 3, 10);  // 1 at the origin, then 3 every 10
    CHECK(b.due_after(1) == Micros(-5));
    CHECK(b.due_after(2) == Micros(5));
    CHECK(b.due_after(4) == Micros(5));
    CHECK(b.due_after(5) == Micros(15));
    CHECK(b.due(Micros(-6)) == 0);
    CHECK(b.due(Micros(0)) == 1);
    CHECK(b.due(Micros(4)) == 1);
    CHECK(b.due(Micros(5)) == 4);
    CHECK(b.due(Micros(14)) == 4);
    CHECK(b.due(Micros(15)) == 7);
    CHECK(b.due(Micros(1000000)) == 7);
}

TEST_CASE("nothing is due before the end of a pause, however much is there then")
{
    const Batch b = batch(3, 60, 9, 1, 1000);
    CHECK(b.due(Micros(59)) == 0);
    CHECK(b.due(Micros(60)) == 3);
    CHECK(b.due_after(1) == Micros(60));
}

TEST_CASE("how many are due and when the next is agree at every instant")
{
    for (const int frequency : {1, 7, 10})
        for (const std::int64_t step : {1, 2, 5})
            for (std::int64_t offset = 0; offset < step; ++offset) {
                const Batch b = batch(12, -23, offset, step, frequency);
                for (int at = -60; at < 150; ++at) {
                    const std::int64_t due = b.due(Micros(at));
                    CHECK((due == 0 || b.due_after(due) <= Micros(at)));
                    CHECK((due == 12 || b.due_after(due + 1) > Micros(at)));
                }
            }
}

TEST_CASE("a full bucket of a million million tokens that come back one a day gives them at once")
{
    const Batch slow{false, 3, std::nullopt, Micros(-5), 1000000000000, 1, Micros(86400000000)};
    CHECK(slow.due(Micros(0)) == 3);
    for (std::int64_t k = 1; k <= 3; ++k)
        CHECK(slow.due_after(k) == Micros(-5));
}

TEST_CASE("a step of a million million tokens does not overflow after ten years")
{
    const Batch b = batch(3, 0, 0, 1000000000000, 1);
    CHECK(b.due(Micros(0)) == 0);
    CHECK(b.due(Micros(1)) == 3);
    CHECK(b.due(Micros(3650LL * 86400 * 1000000)) == 3);
}

TEST_CASE("a batch that no script answers is due later than any clock comes to, not at a time that has overflowed")
{
    const Batch b{false, 9, std::nullopt, Micros(0), -(std::int64_t{1} << 53), 1, Micros(std::int64_t{1} << 53)};
    CHECK(b.due_after(9) >= Micros(std::int64_t{1} << 53));
    CHECK(b.due(Micros(1000000)) <= 0);
}
