#include "base/secret.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <concepts>
#include <ostream>
#include <string>
#include <string_view>

using base::Secret;

namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value)
{
    out << value;
};

template <typename T>
concept Comparable = requires(const T& a, const T& b)
{
    a == b;
};

}  // namespace

TEST_CASE("a secret cannot be printed, formatted, compared or turned into a text")
{
    CHECK(!Printable<Secret>);
    CHECK(!fmt::is_formattable<Secret>::value);
    CHECK(!Comparable<Secret>);
    CHECK(!std::convertible_to<Secret, std::string>);
    CHECK(!std::convertible_to<Secret, std::string_view>);
    CHECK(!std::convertible_to<std::string, Secret>);  // nor made of a text by accident
}

TEST_CASE("a secret gives its bytes to whom asks by name")
{
    CHECK(Secret(std::string("a\0b", 3)).reveal() == std::string("a\0b", 3));
    CHECK(Secret().empty());
    CHECK(Secret("").empty());
    CHECK(!Secret("x").empty());
}
