#include "base/name.hpp"

#include <doctest/doctest.h>

#include <string>

using base::name_problem;

TEST_CASE("any bytes but control characters and braces make a name")
{
    for (const std::string name : {"a", "api", "a b", "a:b",  "a/b", "a.b", "-", "--",   "100%",     "%d",         "%s",
                                   "*", "?",   "[x]", "it's", "\"",  "\\",  "é", "日本", "\xff\x80", "foo-exists", " "})
        CHECK_MESSAGE(name_problem(name).empty(), name);
}

TEST_CASE("an empty name is refused")
{
    CHECK(name_problem("").find("empty") != std::string::npos);
}

TEST_CASE("a name has at most 200 bytes")
{
    CHECK(name_problem(std::string(200, 'x')).empty());
    CHECK(name_problem(std::string(201, 'x')) == "it has 201 bytes; 200 are allowed");
    std::string two_bytes_each;
    for (int i = 0; i < 101; ++i)
        two_bytes_each += "é";
    CHECK(name_problem(two_bytes_each) == "it has 202 bytes; 200 are allowed");
}

TEST_CASE("every control character is refused, wherever it stands")
{
    for (int c = 0; c < 256; ++c) {
        const bool control = c < 0x20 || c == 0x7f;
        const char byte = static_cast<char>(c);
        if (byte == '{' || byte == '}')
            continue;
        for (const std::string& name :
             {std::string(1, byte), byte + std::string("x"), std::string("x") + byte, std::string("x") + byte + "x"})
            CHECK_MESSAGE((name_problem(name) == "it holds a control character") == control, c);
    }
}

TEST_CASE("the control characters behind ASCII are refused too, as UTF-8 writes them")
{
    for (int c = 0x80; c < 0xc0; ++c) {
        const std::string letter{'\xc2', static_cast<char>(c)};
        for (const std::string& name : {letter, "x" + letter, letter + "x"})
            CHECK_MESSAGE((name_problem(name) == "it holds a control character") == (c < 0xa0), c);
    }
    CHECK(name_problem("à\xc2").empty());  // C3 A0: 80 to 9F behind another first byte are none
    CHECK(name_problem("\xc3\x9b").empty());
}

TEST_CASE("a brace, which would change the slot of a cluster, is refused")
{
    for (const std::string name : {"{", "}", "{}", "a{b", "a}b", "{a}", "a{", "}a"})
        CHECK_MESSAGE(name_problem(name).find("brace") != std::string::npos, name);
}
