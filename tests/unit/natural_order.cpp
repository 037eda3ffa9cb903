#include "base/natural_order.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using base::is_before;

TEST_CASE("numbers in names are sorted as numbers, all else by its bytes")
{
    const std::vector<std::string> sorted{"",    "1",     "2",      "10",       "a",      "a1b2", "a1b10", "a2",
                                          "job", "job-2", "job-10", "job-10-a", "job-11", "jobs", "é"};
    for (std::size_t i = 0; i < sorted.size(); ++i)
        for (std::size_t j = 0; j < sorted.size(); ++j)
            CHECK_MESSAGE(is_before(sorted[i], sorted[j]) == (i < j), sorted[i] << " " << sorted[j]);
}

TEST_CASE("numbers of any length and with zeros before them have an order")
{
    CHECK(is_before("99999999999999999999998", "99999999999999999999999"));
    CHECK(is_before("a01", "a1") != is_before("a1", "a01"));
    CHECK(is_before("a01b2", "a1b3"));
    CHECK(!is_before("a1", "a1"));
}
