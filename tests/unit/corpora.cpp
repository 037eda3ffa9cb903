// What tests/run.sh fuzz begins with, by the compiler and the flags of the product: no clang is needed for that.
#include "fuzz/targets.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

const std::filesystem::path k_corpora = LIMITERS_CORPORA;

void run_through(const char* corpus, void (*target)(std::string_view))
{
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(k_corpora / corpus)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        INFO(entry.path().string());
        CHECK_NOTHROW(target(bytes));
        ++count;
    }
    CHECK(count > 4);
}

}  // namespace

TEST_CASE("nothing in the corpora of the fuzzers breaks what reads it")
{
    run_through("url", fuzz::url);
    run_through("numbers", fuzz::numbers);
    run_through("config", fuzz::config);
    run_through("words", fuzz::words);
    run_through("leases", fuzz::leases);
    run_through("records", fuzz::records);
}
