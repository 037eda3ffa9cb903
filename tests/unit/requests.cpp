// What a caller sends, and how it reads the answers.
#include "base/error.hpp"
#include "limiter/semaphore.hpp"
#include "limiter/token_bucket.hpp"

#include <doctest/doctest.h>

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#include <set>
#include <string>

using base::Micros;
using limiter::Semaphore;
using limiter::Standing;
using limiter::TokenBucket;

namespace {

using Strings = std::vector<std::string>;

Semaphore semaphore()
{
    limiter::SemaphoreOptions options;
    options.prefix = "limiters";
    options.name = "api";
    options.capacity = 5;
    options.weight = 2;
    options.lease = Micros(30000000);
    options.who = {"host", "7", "curl", ""};
    return Semaphore(options);
}

limiter::TokenBucketOptions bucket_options()
{
    limiter::TokenBucketOptions options;
    options.prefix = "limiters";
    options.name = "api";
    options.capacity = 10;
    options.amount = 1;
    options.frequency = Micros(600000);
    options.tokens = 3;
    return options;
}

// An answer of the server, from its bytes.
redis::Reply answer(const std::string& bytes)
{
    redisReader* reader = redisReaderCreate();
    redisReaderFeed(reader, bytes.data(), bytes.size());
    void* reply = nullptr;
    redisReaderGetReply(reader, &reply);
    redisReaderFree(reader);
    REQUIRE(reply != nullptr);
    return redis::Reply(static_cast<redisReply*>(reply));
}

}  // namespace

TEST_CASE("no two callers have the same id, of 32 hex digits")
{
    std::set<std::string> ids;
    for (int i = 0; i < 1000; ++i) {
        const Semaphore caller = semaphore();
        CHECK(caller.id().size() == 32);
        CHECK(caller.id().find_first_not_of("0123456789abcdef") == std::string::npos);
        ids.insert(caller.id());
    }
    CHECK(ids.size() == 1000);
}

TEST_CASE("a first question shows no ticket and no fence")
{
    const Semaphore caller = semaphore();
    const redis::Request request = caller.acquire({});
    CHECK(request.subject == "sem 'api'");
    CHECK(request.words == Strings{"4", "limiters:2:sem:{api}", "limiters:2:sem:{api}:holders",
                                   "limiters:2:sem:{api}:waiters", "limiters:2:sem:{api}:alive", caller.id(), "0", "0",
                                   "2", "5", "30000000", "1", "0", "0", "0", "0", "0", "host 7 curl", ""});
    CHECK(request.words[request.first_key] == "limiters:2:sem:{api}");
}

TEST_CASE("a later question shows the ticket and the fence that were given, to the last digit")
{
    Semaphore caller = semaphore();
    const Standing standing = caller.acquired(
        answer("*15\r\n:0\r\n:1763956800123457\r\n:1763956800123459\r\n:3\r\n:4\r\n:5\r\n:7\r\n"
               ":1500000\r\n:2\r\n:700000\r\n:2000000\r\n:60000000\r\n:9\r\n$6\r\nh 7 sh\r\n:600000000\r\n"));
    CHECK(standing.state == Standing::State::waiting);
    CHECK(standing.place == 3);
    CHECK(standing.waiters == 4);
    CHECK(standing.used == 5);
    CHECK(standing.other_capacity == 7);
    CHECK(standing.recovery == limiter::Recovery::young);
    CHECK(standing.recovers == Micros(1500000));
    CHECK(standing.until == Micros(700000));
    CHECK(standing.span == Micros(2000000));
    REQUIRE(standing.longest);
    CHECK(standing.longest->who == limiter::Who{"h", "7", "sh", ""});
    CHECK(standing.longest->held == Micros(9));
    CHECK(standing.about == Micros(600000000));
    CHECK(caller.fence() == 1763956800123459);
    const redis::Request request =
        caller.acquire({.wait = false, .min_hold = Micros(250000), .alone = true, .may_be_late = true, .tell = true});
    CHECK(Strings(request.words.begin() + 6, request.words.begin() + 17) ==
          Strings{"1763956800123457", "1763956800123459", "2", "5", "30000000", "0", "250000", "60000000", "1",
                  "120000000", "1"});
    CHECK(caller.renew().words == Strings{"2", "limiters:2:sem:{api}", "limiters:2:sem:{api}:holders", caller.id(),
                                          "1763956800123457", "30000000"});
    CHECK(caller.release(Micros(7), false).words.back() == "7");
    CHECK(caller.release(Micros(7), false).words.at(7) == "0");
    CHECK(caller.release(Micros(7), true).words.at(7) == "120000000");
}

TEST_CASE("replicas are waited for by what is granted, renewed and released, and by nothing else")
{
    limiter::SemaphoreOptions options = semaphore().options();
    CHECK(Semaphore(options).acquire({}).copies.replicas == 0);
    options.replicas = 2;
    const Semaphore caller(options);
    for (const redis::Request& request : {caller.acquire({}), caller.renew(), caller.release(Micros(0), false)})
        CHECK(request.copies.replicas == 2);
    CHECK(caller.acquire({}).copies.promise == 1);
    CHECK(caller.renew().copies.promise == 1);
    CHECK(!caller.release(Micros(0), false).copies.promise);
    CHECK(caller.wait_for_wake(Micros(0)).copies.replicas == 0);
}

TEST_CASE("the server is never asked to block for so short that it blocks for ever")
{
    const Semaphore caller = semaphore();
    CHECK(caller.wait_for_wake(Micros(0)).words ==
          Strings{"BLPOP", "limiters:2:sem:{api}:wake:" + caller.id(), "0.010"});
    CHECK(caller.wait_for_wake(Micros(999)).words[2] == "0.010");
    CHECK(caller.wait_for_wake(Micros(1999999)).words[2] == "2.000");
    CHECK(caller.wait_for_wake(Micros(1234567)).words[2] == "1.235");
}

TEST_CASE("a bucket is asked with whole numbers, and -1 for a wait without end")
{
    const TokenBucket bucket(bucket_options());
    const redis::Request request = bucket.acquire(std::nullopt);
    CHECK(request.subject == "bucket 'api'");
    CHECK(request.words[1] == "limiters:2:bucket:{api}");
    CHECK(Strings(request.words.begin() + 3, request.words.end()) == Strings{"10", "1", "600000", "3", "-1"});
    CHECK(bucket.acquire(Micros(0)).words.back() == "0");
    CHECK(bucket.cancel().words == Strings{"1", "limiters:2:bucket:{api}", request.words[2], "3"});
}

TEST_CASE("a repeated question of a bucket has the same id, another caller's has not")
{
    const TokenBucket first(bucket_options());
    const TokenBucket second(bucket_options());
    CHECK(first.acquire(std::nullopt).words == first.acquire(std::nullopt).words);
    CHECK(first.acquire(std::nullopt).words[2] != second.acquire(std::nullopt).words[2]);
}

TEST_CASE("a reservation tells the wait, and the other parameters if there are any")
{
    const limiter::Reservation plain = TokenBucket::acquired(answer("*2\r\n:1\r\n:1500000\r\n"));
    CHECK(plain.state == limiter::Reservation::State::reserved);
    CHECK(plain.wait == Micros(1500000));
    CHECK(!plain.others);
    CHECK(!plain.orders.limit);
    CHECK(!plain.orders.pause);
    const limiter::Reservation other = TokenBucket::acquired(
        answer("*4\r\n:0\r\n:7\r\n*3\r\n:10\r\n:2\r\n:600000\r\n"
               "*10\r\n:0\r\n$0\r\n\r\n:0\r\n:0\r\n$0\r\n\r\n:1\r\n$1\r\n0\r\n:9\r\n:3\r\n$13\r\nal@web1 429 x\r\n"));
    CHECK(other.state == limiter::Reservation::State::refused);
    REQUIRE(other.others);
    CHECK(other.others->capacity == 10);
    CHECK(other.others->amount == 2);
    CHECK(other.others->frequency == Micros(600000));
    CHECK(!other.orders.limit);
    REQUIRE(other.orders.pause);
    CHECK(other.orders.pause->left == Micros(9));
    CHECK(other.orders.pause->age == Micros(3));
    CHECK(other.orders.pause->by == "al@web1");
    CHECK(other.orders.pause->why == "429 x");
}

TEST_CASE("policies are one word more, and none without them")
{
    limiter::SemaphoreOptions options = semaphore().options();
    const std::size_t plain = Semaphore(options).acquire({}).words.size();
    options.policies = {3, Micros(60000000), limiter::Supersede::running, {"gpu0", "gpu1"}};
    const redis::Request request = Semaphore(options).acquire({});
    CHECK(request.words.size() == plain + 1);
    CHECK(request.words.back() == "max=3 head=60000000 supersede=2 slots=gpu0,gpu1");
}

TEST_CASE("an order for a semaphore and one for a bucket say what is most")
{
    using limiter::Kind;
    using limiter::OrderKind;
    const limiter::NewOrder limit{OrderKind::limit, Micros(5000000), {3, 1, Micros(20000)}, "al@web1", "why not"};
    const Strings sem = limiter::order("limiters", {"api", Kind::semaphore}, limit).words;
    CHECK(Strings(sem.begin() + 5, sem.end()) == Strings{"", "limit", "5000000", "3", "al@web1 why not"});
    const Strings bucket = limiter::order("limiters", {"api", Kind::bucket}, limit).words;
    CHECK(Strings(bucket.begin() + 1, bucket.end()) ==
          Strings{"limiters:2:bucket:{api}", "", "limit", "5000000", "3/1/20000", "al@web1 why not"});
}

TEST_CASE("an answer of another form is an error, never a slot")
{
    Semaphore caller = semaphore();
    for (const std::string bytes : {"+OK\r\n", ":1\r\n", "$-1\r\n", "*0\r\n", "*1\r\n:1\r\n", "*-1\r\n",
                                    "*8\r\n$1\r\n1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n", "$1\r\n1\r\n"}) {
        CHECK_THROWS_AS(caller.acquired(answer(bytes)), base::Error);
        CHECK_THROWS_AS(TokenBucket::acquired(answer(bytes)), base::Error);
    }
    for (const std::string bytes : {"+OK\r\n", "$1\r\n1\r\n", "*1\r\n:1\r\n", "$-1\r\n"})
        CHECK_THROWS_AS(Semaphore::renewed(answer(bytes)), base::Error);
}

TEST_CASE("a number that no script can count to is no answer")
{
    CHECK(answer(":9007199254740992\r\n").integer() == 9007199254740992);
    CHECK_THROWS_AS(static_cast<void>(answer(":9007199254740993\r\n").integer()), base::Error);
    CHECK_THROWS_AS(static_cast<void>(answer("*1\r\n:-9223372036854775808\r\n").integer_at(0)), base::Error);
}
