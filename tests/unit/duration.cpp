#include "base/duration.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using base::format_duration;
using base::Micros;
using base::parse_duration;
using base::readable;

namespace {

std::int64_t micros(std::string_view text)
{
    const auto value = parse_duration(text);
    return value ? value->count() : -1;
}

// A point on CLOCK_MONOTONIC and a span must add up without overflow.
constexpr std::int64_t k_day = 86400000000;
constexpr std::int64_t k_ten_years = 3652 * k_day;

}  // namespace

TEST_CASE("a bare number is seconds")
{
    CHECK(micros("30") == 30000000);
    CHECK(micros("0") == 0);
    CHECK(micros("1.5") == 1500000);
    CHECK(micros("007") == 7000000);
}

TEST_CASE("each unit is understood")
{
    CHECK(micros("250ms") == 250000);
    CHECK(micros("30s") == 30000000);
    CHECK(micros("5m") == 300000000);
    CHECK(micros("2h") == 7200000000);
    CHECK(micros("1d") == k_day);
}

TEST_CASE("a fraction is exact to the microsecond in every unit")
{
    CHECK(micros("0.000001") == 1);
    CHECK(micros("0.1") == 100000);  // no binary fraction
    CHECK(micros("1.000001s") == 1000001);
    CHECK(micros("1.001ms") == 1001);
    CHECK(micros("0.5m") == 30000000);
    CHECK(micros("1.25h") == 4500000000);
    CHECK(micros("0.1h") == 360000000);
    CHECK(micros("0.000000005h") == 18);
    CHECK(micros("1.5d") == 129600000000);
    CHECK(micros("0.00001d") == 864000);
}

TEST_CASE("zeros behind what a microsecond can hold change nothing")
{
    CHECK(micros("1.50000000000000000000") == 1500000);
    CHECK(micros("0.0000000000ms") == 0);
}

TEST_CASE("a fraction of a microsecond is refused, not rounded")
{
    for (const std::string text : {"0.0000001", "0.0000005s", "1.0000009", "1.0001ms", "0.00000001m", "0.0000000001h",
                                   "0.00000000001d", "0.333333333m"})
        CHECK_MESSAGE(micros(text) == -1, text);
}

TEST_CASE("what is not a number with a known unit is refused")
{
    for (const std::string text :
         {"",     " ",     "-1",    "+1",   "-0",   "1x",    "nan",  "inf",   "abc",   "s",    "ms",   ".",
          ".5",   "5.",    "5.s",   ".s",   "1..5", "1.5.5", "1 s",  " 1",    "1 ",    "1s ",  "1S",   "1M",
          "1min", "1us",   "1µs",   "1w",   "1y",   "1sec",  "1s1s", "1m30s", "1h30m", "0x10", "1e3",  "1e3s",
          "1,5",  "1_000", "1'000", "1ms1", "1mss", "٣",     "1\n",  "1\ts",  "--1",   "1-",   "1:30", "PT1S"})
        CHECK_MESSAGE(micros(text) == -1, text);
}

TEST_CASE("a NUL byte in the text is refused")
{
    CHECK(micros(std::string_view("1\0", 2)) == -1);
    CHECK(micros(std::string_view("1\0s", 3)) == -1);
}

TEST_CASE("ten years is the longest duration")
{
    CHECK(micros("3652d") == k_ten_years);
    CHECK(micros("3652.00000000d") == k_ten_years);
    CHECK(micros("3652.1d") == -1);
    CHECK(micros("3653d") == -1);
    CHECK(micros(std::to_string(k_ten_years / 1000000)) == k_ten_years);
    CHECK(micros(std::to_string(k_ten_years / 1000000 + 1)) == -1);
}

TEST_CASE("no number of digits overflows")
{
    CHECK(micros("1" + std::string(18, '0')) == -1);
    CHECK(micros("9223372036854775807d") == -1);
    CHECK(micros("9223372036854775808") == -1);
    CHECK(micros("18446744073709551617") == -1);  // 2^64 + 1, which would come out as 1
    CHECK(micros(std::string(1000, '9')) == -1);
    CHECK(micros(std::string(1000, '9') + "d") == -1);
    CHECK(micros(std::string(1000, '0') + "1") == 1000000);
    CHECK(micros("1." + std::string(1000, '9')) == -1);
}

TEST_CASE("a duration is shown in the largest unit that leaves a whole number")
{
    const std::vector<std::pair<std::int64_t, const char*>> shown{
        {0, "0s"},         {1000, "1ms"},          {1500000, "1500ms"},   {1000000, "1s"},
        {90000000, "90s"}, {120000000, "2m"},      {5400000000, "90m"},   {7200000000, "2h"},
        {k_day, "1d"},     {k_ten_years, "3652d"}, {k_day * 3 / 2, "36h"}};
    for (const auto& [value, text] : shown)
        CHECK(format_duration(Micros(value)) == text);
}

TEST_CASE("below a millisecond a duration is shown as a fraction of a second")
{
    CHECK(format_duration(Micros(500)) == "0.0005s");
    CHECK(format_duration(Micros(1500)) == "0.0015s");
    CHECK(format_duration(Micros(1)) == "0.000001s");
    CHECK(format_duration(Micros(10)) == "0.00001s");
}

TEST_CASE("what is shown means the same when it is read again")
{
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{10}, std::int64_t{99}, std::int64_t{100}, std::int64_t{999},
          std::int64_t{1000}, std::int64_t{1001}, std::int64_t{123456}, std::int64_t{1000001}, std::int64_t{12345678},
          std::int64_t{1234567890123}, k_day + 1, k_ten_years - 1, k_ten_years}) {
        const std::string text = format_duration(Micros(value));
        CHECK_MESSAGE(micros(text) == value, text);
    }
}

TEST_CASE("a span to be read is short, and rounded up")
{
    const std::int64_t s = 1000000;
    const std::vector<std::pair<std::int64_t, const char*>> shown{
        {0, "0ms"},          {1, "1ms"},           {999000, "999ms"},      {999001, "1.0s"},
        {1900001, "2.0s"},   {9900001, "10s"},     {28 * s, "28s"},        {59 * s + 1, "1m00s"},
        {192 * s, "3m12s"},  {3599 * s, "59m59s"}, {3599990000, "1h00m"},  {7500 * s, "2h05m"},
        {7501 * s, "2h06m"}, {86399 * s, "1d0h"},  {4 * k_day + 1, "4d1h"}};
    for (const auto& [value, text] : shown)
        CHECK(readable(Micros(value)) == text);
}

TEST_CASE("a rough duration has no seconds where they say nothing")
{
    using base::Micros;
    using base::rough;
    CHECK(rough(std::chrono::milliseconds(400)) == "400ms");
    CHECK(rough(std::chrono::seconds(59)) == "59s");
    CHECK(rough(std::chrono::seconds(200)) == "3m20s");
    CHECK(rough(std::chrono::seconds(365)) == "6m");
    CHECK(rough(std::chrono::seconds(391)) == "7m");
    CHECK(rough(std::chrono::seconds(3599)) == "1h00m");
    CHECK(rough(std::chrono::minutes(125)) == "2h05m");
    CHECK(rough(Micros(0)) == "0ms");
}
