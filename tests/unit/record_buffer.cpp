#include "run/record_buffer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

using run::RecordBuffer;

namespace {

void feed(RecordBuffer& buffer, std::string_view bytes)
{
    const auto room = buffer.room();
    REQUIRE(bytes.size() <= room.size());
    std::memcpy(room.data(), bytes.data(), bytes.size());
    buffer.received(bytes.size());
}

std::string drain(RecordBuffer& buffer, std::size_t most = 1 << 30)
{
    const std::string bytes(buffer.writable(most));
    buffer.written(bytes.size());
    return bytes;
}

}  // namespace

TEST_CASE("a record costs one token, and nothing before its end is there")
{
    RecordBuffer buffer('\n', false);
    feed(buffer, "one\n\ntw");
    CHECK(buffer.price() == 2);
    CHECK(buffer.next_price() == 1);
    CHECK(buffer.writable(100).empty());
    CHECK(buffer.release(1) == 1);
    CHECK(drain(buffer) == "one\n");
    CHECK(buffer.release(9) == 1);
    CHECK(drain(buffer) == "\n");
    CHECK(buffer.next_price() == 0);
    feed(buffer, "o\n");
    CHECK(buffer.price() == 1);
    CHECK(buffer.release(1) == 1);
    CHECK(drain(buffer) == "two\n");
    CHECK(buffer.records() == 3);
}

TEST_CASE("where bytes cost tokens, a record goes out when all of it is paid")
{
    RecordBuffer buffer('\0', true);
    feed(buffer, std::string_view("abc\0de\0f", 8));
    CHECK(buffer.price() == 7);
    CHECK(buffer.next_price() == 4);
    CHECK(buffer.release(3) == 0);
    CHECK(buffer.release(6) == 4);
    CHECK(drain(buffer) == std::string("abc\0", 4));
    CHECK(buffer.next_price() == 3);
}

TEST_CASE("the last record may lack its end")
{
    for (const bool tokens_from_size : {false, true}) {
        RecordBuffer buffer('\n', tokens_from_size);
        feed(buffer, "a\nlast");
        CHECK(!buffer.done());
        buffer.end();
        CHECK(!buffer.wants_input());
        CHECK(buffer.price() == (tokens_from_size ? 6 : 2));
        buffer.release(buffer.price());
        CHECK(drain(buffer) == "a\nlast");
        CHECK(buffer.done());
    }
}

TEST_CASE("what is written at a time are whole records, if they fit")
{
    RecordBuffer buffer('\n', false);
    feed(buffer, "aa\nbb\ncccccccc\n");
    buffer.release(3);
    CHECK(drain(buffer, 5) == "aa\n");
    CHECK(drain(buffer, 6) == "bb\n");
    CHECK(drain(buffer, 6) == "cccccc");
    CHECK(drain(buffer, 6) == "cc\n");
}

TEST_CASE("a record larger than the buffer passes through it, paid once or byte by byte")
{
    const std::string piece(100000, 'x');
    for (const bool tokens_from_size : {false, true}) {
        RecordBuffer buffer('\n', tokens_from_size);
        std::string seen;
        std::int64_t paid = 0;
        for (int i = 0; i < 100; ++i) {
            while (!buffer.wants_input()) {
                REQUIRE(buffer.next_price() > 0);
                CHECK(buffer.next_price() <= 4096);
                paid += buffer.release(buffer.next_price());
                seen += drain(buffer);
            }
            feed(buffer, piece);
            seen += drain(buffer);
        }
        feed(buffer, "\nnext\n");
        seen += drain(buffer);
        while (buffer.next_price() > 0) {
            paid += buffer.release(buffer.price());
            seen += drain(buffer);
        }
        CHECK(seen.size() == 100 * piece.size() + 6);
        CHECK(seen.substr(seen.size() - 6) == "\nnext\n");
        CHECK(paid == (tokens_from_size ? static_cast<std::int64_t>(seen.size()) : 2));
        CHECK(buffer.records() == 2);
    }
}

TEST_CASE("no byte is changed, dropped or reordered, whatever the pieces")
{
    std::mt19937 random(1);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
    for (int round = 0; round < 20; ++round) {
        const bool tokens_from_size = round % 2 == 0;
        RecordBuffer buffer('\n', tokens_from_size);
        std::string input;
        for (int i = 0; i < 300; ++i)
            input += std::string(below(10) == 0 ? below(600000) / 10 : below(20), static_cast<char>('a' + below(26))) +
                     (below(3) == 0 ? "" : "\n");
        if (round % 5 == 0)
            input.insert(input.size() / 2, std::string(2000000, 'y'));
        std::string seen;
        std::int64_t paid = 0;
        for (std::size_t at = 0; !buffer.done();) {
            if (at == input.size() && buffer.wants_input())
                buffer.end();
            if (buffer.wants_input()) {
                const std::size_t size = std::min({below(200000), buffer.room().size(), input.size() - at});
                feed(buffer, std::string_view(input).substr(at, size));
                at += size;
            }
            paid += buffer.release(std::max(buffer.next_price(), static_cast<std::int64_t>(below(100))));
            seen += drain(buffer, 1 + below(70000));
        }
        CHECK(seen == input);
        CHECK(buffer.price() == 0);
        const auto records = std::count(input.begin(), input.end(), '\n') + (input.back() == '\n' ? 0 : 1);
        CHECK(paid == (tokens_from_size ? static_cast<std::int64_t>(input.size()) : records));
    }
}

TEST_CASE("so many tokens release so many records, short or long, and not a byte behind them")
{
    std::mt19937 random(2);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
    for (int round = 0; round < 20; ++round) {
        RecordBuffer buffer('\n', false);
        std::string input;
        for (int i = 0; i < 2000; ++i)
            input += std::string(below(round % 2 == 0 ? 5 : 300), 'x') + '\n';
        feed(buffer, input);
        for (std::int64_t left = 2000, tokens = 0; left > 0; left -= tokens) {
            tokens = std::min<std::int64_t>(left, static_cast<std::int64_t>(below(400)));
            CHECK(buffer.price() == left);
            CHECK(buffer.release(tokens) == tokens);
            const std::string released = drain(buffer, 1000000);
            CHECK(std::count(released.begin(), released.end(), '\n') == tokens);
            CHECK((released.empty() || released.back() == '\n'));
        }
    }
}
