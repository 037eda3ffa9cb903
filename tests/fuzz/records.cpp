// What scripts found in Redis, and how it is shown. An answer is written a value a line: `*3` an array of the three
// that follow, `:7` a number, `_` nothing, and any other line is a text, which `=` may stand before.
#include "targets.hpp"

#include "base/error.hpp"
#include "commands/status/report.hpp"
#include "commands/status/rows.hpp"
#include "commands/top/state.hpp"
#include "limiter/semaphore.hpp"
#include "limiter/token_stream.hpp"
#include "redis/masters.hpp"
#include "redis/server_info.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#include <memory>
#include <optional>

namespace {

std::string protocol(std::string_view lines)
{
    std::string out;
    for (const std::string& line : fuzz::lines_of(lines)) {
        const std::string text = line.starts_with('=') ? line.substr(1) : line;
        if (line == "_")
            out += "$-1\r\n";
        else if (line.starts_with(':') || line.starts_with('*'))
            out += line + "\r\n";
        else
            out += fmt::format("${}\r\n{}\r\n", text.size(), text);
    }
    return out;
}

std::optional<redis::Reply> reply_of(std::string_view lines)
{
    const std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader(redisReaderCreate(), redisReaderFree);
    const std::string bytes = protocol(lines);
    // The connection refuses to make room for so many (redis/connection.cpp); here hiredis would.
    for (const std::string& line : fuzz::lines_of(lines))
        if (line.starts_with('*') && line.size() > 5)
            return std::nullopt;
    void* reply = nullptr;
    redisReaderFeed(reader.get(), bytes.data(), bytes.size());
    if (redisReaderGetReply(reader.get(), &reply) != 0 || reply == nullptr)
        return std::nullopt;
    return redis::Reply(static_cast<redisReply*>(reply));
}

template <typename Read>
void attempt(Read&& read)
{
    try {
        read();
    } catch (const base::Error& error) {
        fuzz::require(error.code() == base::ExitCode::internal, "another code than 70");
    }
}

limiter::SemaphoreOptions options()
{
    limiter::SemaphoreOptions options;
    options.prefix = "limiters";
    options.name = "api";
    options.capacity = 5;
    options.lease = base::Micros(30000000);
    return options;
}

void read_as_slot(const redis::Reply& reply)
{
    limiter::Semaphore semaphore(options());
    const limiter::Standing standing = semaphore.acquired(reply);
    if (standing.longest)
        limiter::readable(standing.longest->who);
    static_cast<void>(semaphore.acquire({}));
}

void read_as_tokens(const redis::Reply& reply)
{
    const limiter::Reservation reservation = limiter::TokenBucket::acquired(reply);
    if (reservation.others)
        limiter::warning_of(*reservation.others, limiter::TokenBucketOptions());
    for (const auto& order : {reservation.orders.limit, reservation.orders.pause})
        if (order)
            static_cast<void>(order->described());
}

void read_as_batch(const redis::Reply& reply)
{
    const limiter::Batch batch = limiter::TokenStream::reserved(reply);
    for (const std::int64_t span : {0, 1, 1000000})
        static_cast<void>(batch.due(base::Micros(span)));
    for (const std::int64_t k : {std::int64_t{1}, batch.count})
        static_cast<void>(batch.due_after(k));
}

void read_as_cluster(const redis::Reply& reply)
{
    redis::Server cluster;
    cluster.nodes = {{"h", 6379, {}}};
    for (const redis::Server& master : redis::masters(reply, cluster))
        static_cast<void>(master.display());
    redis::served_slots(reply);
}

std::optional<limiter::SemaphoreStatus> semaphore_status(const redis::Reply& reply)
{
    limiter::SemaphoreReader reader("limiters", "api");
    reader.add(reply);
    reader.add(reply);
    return std::move(reader).status();
}

void show(commands::LimiterReport limiter)
{
    const std::string subject = limiter.limiter.subject();
    const commands::Report report{"redis://h:6379", "limiters", {limiter}};
    for (const std::optional<std::size_t> width : {std::optional<std::size_t>(), std::optional<std::size_t>(7)})
        commands::table(report, {.waiting = true}, {.width = width});
    commands::json(report);
    commands::metrics(report);
    commands::TopState state;
    for (const int now : {1, 7, 90})
        state.found({limiter}, "", base::Micros(now * 1000000));
    for (const int key : {'j', '\r', '\n', 'k', 'f', 'y', 'p', '5', 'q'})
        state.press(key);
    static_cast<void>(state.rates().sparkline(limiter.limiter, true));
}

}  // namespace

void fuzz::records(std::string_view lines)
{
    const auto reply = reply_of(lines);
    if (!reply)
        return;
    attempt([&] { read_as_slot(*reply); });
    attempt([&] { read_as_tokens(*reply); });
    attempt([&] { read_as_batch(*reply); });
    attempt([&] { read_as_cluster(*reply); });
    attempt([&] { limiter::Semaphore::renewed(*reply); });
    attempt([&] { limiter::Semaphore::released(*reply); });
    attempt([&] { limiter::found_ids(*reply); });
    attempt([&] { limiter::ordered(*reply); });
    attempt([&] { redis::scanned(*reply); });
    attempt([&] { redis::server_time(*reply); });
    attempt([&] { redis::older_than(redis::server_info(*reply).version, {7, 0}); });
    attempt([&] {
        if (auto status = semaphore_status(*reply))
            show({{"api", limiter::Kind::semaphore}, std::move(*status)});
    });
    attempt([&] {
        if (auto status = limiter::read_bucket_status(*reply))
            show({{"a\"\xff", limiter::Kind::bucket}, *status});
    });
}
