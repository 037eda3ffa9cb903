#include "base/number.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using base::leading_number;
using base::whole_number;

TEST_CASE("a whole text is a number or it is none")
{
    CHECK(whole_number<int>("0") == 0);
    CHECK(whole_number<int>("-12") == -12);
    for (const char* text : {"", " 1", "1 ", "+1", "1x", "0x1", "1.0", "-", "99999999999"})
        CHECK_MESSAGE(!whole_number<int>(text), std::string(text));
}

TEST_CASE("a number at the beginning is told apart from what follows it")
{
    CHECK(leading_number<int>("7.0.8") == 7);
    CHECK(leading_number<std::uint16_t>("6379") == 6379);
    for (const char* text : {"", "x7", "-1", "65536"})
        CHECK_MESSAGE(!leading_number<std::uint16_t>(text), std::string(text));
}
