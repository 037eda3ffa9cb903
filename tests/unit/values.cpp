#include "options/values.hpp"
#include "options/flags.hpp"

#include <doctest/doctest.h>

#include <string>

using base::Micros;
using options::rate;

namespace {

const options::Source k_flag{"--option"};
const options::Source k_variable{"LIMITERS_OPTION", base::ExitCode::config};

// The error's code and text, as "64: text"; empty if there is none.
template <typename Read>
std::string refusal(const Read& read)
{
    try {
        read();
    } catch (const base::Error& e) {
        return std::to_string(base::number_of(e.code())) + ": " + e.what();
    }
    return {};
}

std::string refused_number(std::string_view text)
{
    return refusal([&] { options::whole_number(k_flag, text, 1, 1000000); });
}

std::string refused_rate(std::string_view text)
{
    return refusal([&] { rate(k_flag, text); });
}

}  // namespace

TEST_CASE("a whole number is read from its lowest to its highest value")
{
    CHECK(options::whole_number(k_flag, "1", 1, 1000000) == 1);
    CHECK(options::whole_number(k_flag, "1000000", 1, 1000000) == 1000000);
    CHECK(options::whole_number(k_flag, "0", 0, 255) == 0);
    CHECK(options::whole_number(k_flag, "255", 0, 255) == 255);
    CHECK(options::whole_number(k_flag, "007", 0, 255) == 7);
}

TEST_CASE("anything but a whole number in its range is refused, with what it was and what it may be")
{
    CHECK(refused_number("abc") == "64: --option 'abc': not a whole number from 1 to 1000000");
    for (const std::string text : {"",
                                   " ",
                                   "0",
                                   "-1",
                                   "+1",
                                   "1.0",
                                   "1.5",
                                   "1e3",
                                   "0x10",
                                   " 1",
                                   "1 ",
                                   "1,000",
                                   "1000001",
                                   "1e9",
                                   "nan",
                                   "99999999999999999999",
                                   "-99999999999999999999",
                                   "9223372036854775808",
                                   "18446744073709551617",
                                   "1\n",
                                   "1;"})
        CHECK_MESSAGE(refused_number(text).starts_with("64: --option '"), text);
    CHECK(!refused_number(std::string_view("1\0", 2)).empty());
}

TEST_CASE("a bad value of a variable is a configuration error that names it")
{
    CHECK(refusal([] { options::whole_number(k_variable, "x", 1, 2); }).starts_with("78: LIMITERS_OPTION 'x'"));
    CHECK(refusal([] { options::duration(k_variable, "x", Micros(0), Micros(9)); }).starts_with("78: LIMITERS_OPTION"));
    CHECK(refusal([] { options::second_of(k_variable, "x", options::k_on_lost); }).starts_with("78: LIMITERS_OPTION"));
    CHECK(refusal([] { options::name(k_variable, "{"); }).starts_with("78: LIMITERS_OPTION"));
}

TEST_CASE("a duration out of its range is refused, with the range")
{
    const Micros second(1000000);
    CHECK(options::duration(k_flag, "1s", second, 86400 * second) == second);
    CHECK(options::duration(k_flag, "1d", second, 86400 * second) == 86400 * second);
    for (const std::string text : {"0", "0.999999", "86401", "2d", "999ms"})
        CHECK_MESSAGE(refusal([&] { options::duration(k_flag, text, second, 86400 * second); }) ==
                          "64: --option '" + std::string(text) + "': not from 1s to 1d",
                      text);
    CHECK(refusal([&] { options::duration(k_flag, "soon", second, second); }).find("not a duration") !=
          std::string::npos);
}

TEST_CASE("a duration that is too long or too fine is called that, and not something else")
{
    const Micros second(1000000);
    for (const std::string text : {"99999d", "3653d", "99999999999999999999", "0.0001ms", "1.0000001s"})
        CHECK_MESSAGE(refusal([&] { options::duration(k_flag, text, second, 86400 * second); }) ==
                          "64: --option '" + std::string(text) + "': out of range, from 1s to 1d in whole microseconds",
                      text);
    CHECK(refused_rate("5/4000d").starts_with("64: --option '4000d': out of range, "));
}

TEST_CASE("one of two words is read, and no other")
{
    CHECK(!options::second_of(k_flag, "stop", options::k_on_lost));
    CHECK(options::second_of(k_flag, "keep", options::k_on_lost));
    for (const std::string text : {"", "Stop", "KEEP", "sto", "stop ", "keepstop", "0"})
        CHECK_MESSAGE(refusal([&] { options::second_of(k_flag, text, options::k_on_lost); }).find("stop and keep") !=
                          std::string::npos,
                      text);
}

TEST_CASE("a bad name is refused without being shown")
{
    CHECK(options::name(k_flag, "api") == "api");
    CHECK(refusal([] { options::name(k_flag, ""); }).starts_with("64: --option: "));
    CHECK(refusal([] { options::name(k_flag, "se{cret"); }).find("cret") == std::string::npos);
}

TEST_CASE("a rate is a number of tokens in a duration")
{
    CHECK(rate(k_flag, "100/1m").amount == 100);
    CHECK(rate(k_flag, "100/1m").duration == std::chrono::minutes(1));
    CHECK(rate(k_flag, "1/0.5").duration == Micros(500000));
    CHECK(rate(k_flag, "5/250ms").duration == Micros(250000));
    CHECK(rate(k_flag, "3/2").duration == std::chrono::seconds(2));
    CHECK(rate(k_flag, "1000000000000/1d").amount == 1000000000000);
}

TEST_CASE("a rate without a number of units means one of them")
{
    CHECK(rate(k_flag, "10/s").duration == std::chrono::seconds(1));
    CHECK(rate(k_flag, "10/ms").duration == Micros(1000));
    CHECK(rate(k_flag, "10/m").duration == std::chrono::minutes(1));
    CHECK(rate(k_flag, "10/h").duration == std::chrono::hours(1));
    CHECK(rate(k_flag, "10/d").duration == std::chrono::hours(24));
}

TEST_CASE("what is no rate is shown as it was typed")
{
    for (const std::string text : {"100/min", "10/", "10/ s", "10/x", "10", "/", ""})
        CHECK(refused_rate(text) == "64: --option '" + text + "': not a rate, like 100/1m or 10/s");
}

TEST_CASE("what is not a rate is refused")
{
    for (const std::string text : {"",
                                   "/",
                                   "5",
                                   "5/",
                                   "/5s",
                                   "0/1s",
                                   "-1/1s",
                                   "1/0",
                                   "1/0s",
                                   "5/-1",
                                   "5/1x",
                                   "5/x",
                                   "5/1m/1",
                                   "5//1m",
                                   "1.5/s",
                                   "5 / 1s",
                                   "5/ s",
                                   "5/s ",
                                   "5/nan",
                                   "1e3/s",
                                   "+5/s",
                                   "5/1s1s",
                                   "5/.5",
                                   "5/µs",
                                   "5:1s",
                                   "5per1s",
                                   "x/1s",
                                   "5/100y",
                                   "1000000000001/s",
                                   "5/4000d",
                                   "5/0.0000001"})
        CHECK_MESSAGE(refused_rate(text).starts_with("64: --option '"), text);
}
