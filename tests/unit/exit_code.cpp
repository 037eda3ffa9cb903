#include "base/error.hpp"
#include "options/exit_codes.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

using base::ExitCode;
using options::k_exit_codes;

TEST_CASE("every exit code has one meaning of its own")
{
    std::set<int> codes;
    std::set<std::string> meanings;
    for (const auto& [code, meaning] : k_exit_codes) {
        CHECK_MESSAGE(codes.insert(base::number_of(code)).second, std::string(meaning));
        CHECK_MESSAGE(meanings.insert(meaning).second, std::string(meaning));
        CHECK(!std::string(meaning).empty());
    }
    CHECK(codes.size() == k_exit_codes.size());
}

TEST_CASE("the exit codes are those that scripts out there rely on")
{
    const std::map<ExitCode, int> promised{{ExitCode::ok, 0},           {ExitCode::usage, 64},
                                           {ExitCode::unavailable, 69}, {ExitCode::internal, 70},
                                           {ExitCode::os_error, 71},    {ExitCode::conflict, 75},
                                           {ExitCode::refused, 77},     {ExitCode::config, 78},
                                           {ExitCode::lost, 79},        {ExitCode::not_executable, 126},
                                           {ExitCode::not_found, 127}};
    for (const auto& [code, number] : promised)
        CHECK(base::number_of(code) == number);
    CHECK(promised.size() == k_exit_codes.size() + 1);  // all but ok stand in the table
    for (const auto& entry : k_exit_codes)
        CHECK(promised.contains(entry.code));
}

TEST_CASE("no exit code looks like death by a signal")
{
    for (const auto& [code, meaning] : k_exit_codes)
        CHECK_MESSAGE(base::number_of(code) < 128, std::string(meaning));
}

TEST_CASE("an error carries its code and its text, and a code of the user's choice")
{
    CHECK(base::Error(ExitCode::refused, "{} of {}", 1, "two").code() == ExitCode::refused);
    CHECK(base::Error(ExitCode::refused, "{} of {}", 1, "two").what() == std::string("1 of two"));
    CHECK(base::Error(ExitCode{9}, "{}", "as it is: {}").code() == ExitCode{9});
    CHECK(base::Error(ExitCode{9}, "{}", "as it is: {}").what() == std::string("as it is: {}"));
}

TEST_CASE("a failed system call is named with its reason")
{
    errno = ENOENT;
    const base::Error error = base::os_error("open");
    CHECK(error.code() == ExitCode::os_error);
    CHECK(error.what() == std::string("open: No such file or directory"));
}
