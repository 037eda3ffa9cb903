#include "commands/limiter_values.hpp"

#include "options/default_name.hpp"
#include "options/setting_table.hpp"
#include "options/values.hpp"

#include <unistd.h>

#include <algorithm>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;
using base::Micros;

constexpr std::int64_t k_most_slots = 1000000;
constexpr std::int64_t k_most_replicas = 16;  // a number above it is a mistake: none would ever be granted

// --rate: one token every ceil(D/A) µs; else the amount and frequency as they are.
void refill_values(const options::BucketOptions& o, limiter::TokenBucketOptions& bucket, const char* subcommand)
{
    if (o.rate && (o.refill_amount || o.refill_frequency))
        throw Error(ExitCode::usage,
                    "--rate contradicts --refill-amount and --refill-frequency: give one or the others");
    if (o.rate) {
        const options::Rate r = options::rate({"--rate"}, *o.rate);
        bucket.amount = 1;
        bucket.frequency = Micros((r.duration.count() + r.amount - 1) / r.amount);
        return;
    }
    if (!o.capacity || !o.refill_amount || !o.refill_frequency)
        throw Error(ExitCode::usage, "{} needs --rate, or --capacity, --refill-amount and --refill-frequency",
                    subcommand);
    bucket.amount = options::whole_number({"--refill-amount"}, *o.refill_amount, 1, k_most_tokens);
    bucket.frequency = options::duration({"--refill-frequency"}, *o.refill_frequency, Micros(1), options::k_any_time);
}

}  // namespace

std::int64_t number_or(const options::Text& text, const char* label, std::int64_t high, std::int64_t otherwise)
{
    return text ? options::whole_number({label}, *text, 1, high) : otherwise;
}

Micros duration_or(const options::Text& text, const char* label, Micros low, Micros high, Micros otherwise)
{
    return text ? options::duration({label}, *text, low, high) : otherwise;
}

std::optional<Micros> max_sleep_value(const options::Text& max_sleep, bool no_wait)
{
    if (no_wait && max_sleep)
        throw Error(ExitCode::usage, "--no-wait and --max-sleep contradict each other: give one of them");
    if (no_wait)
        return options::k_no_time;
    return max_sleep
               ? std::optional(options::duration({"--max-sleep"}, *max_sleep, options::k_no_time, options::k_any_time))
               : std::nullopt;
}

ExitCode conflict_code_value(const options::Text& text)
{
    return text ? ExitCode{static_cast<int>(options::whole_number({"--conflict-exit-code"}, *text, 0, 255))}
                : ExitCode::conflict;
}

std::string run_name(const options::Text& name, const std::vector<std::string>& command)
{
    if (command[0].empty())
        throw Error(ExitCode::not_found, "'': command not found");
    return options::name({"--name"}, name ? *name : options::default_name(command[0]));
}

std::string required_name(const options::Text& name, const char* subcommand)
{
    if (!name)
        throw Error(ExitCode::usage, "{} needs --name: which limiter", subcommand);
    return options::name({"--name"}, *name);
}

limiter::SemaphoreOptions semaphore_values(const options::SemOptions& o, const Settings& settings,
                                           const char* subcommand)
{
    limiter::SemaphoreOptions semaphore;
    semaphore.prefix = settings.key_prefix;
    if (!o.capacity)
        throw Error(ExitCode::usage, "{} needs --capacity: how many may run at a time", subcommand);
    semaphore.capacity = options::whole_number({"--capacity"}, *o.capacity, 1, k_most_slots);
    semaphore.weight = number_or(o.weight, "--weight", k_most_slots, 1);
    if (semaphore.weight > semaphore.capacity)
        throw Error(ExitCode::usage, "--weight {} is above --capacity {}: it would never run", semaphore.weight,
                    semaphore.capacity);
    semaphore.lease = duration_or(o.expiry, "--expiry", k_second, k_day, 30 * k_second);
    return semaphore;
}

std::size_t replicas_value(const options::SettingSources& sources, const options::Text& flag)
{
    const auto found = sources.find(options::k_replicas.name, flag);
    return found ? static_cast<std::size_t>(options::whole_number(found->source, found->text, 0, k_most_replicas)) : 0;
}

std::string who(pid_t pid, const std::string& word)
{
    char host[256] = "?";
    ::gethostname(host, sizeof host - 1);
    return fmt::format("{} {} {}", host, pid, options::base_name(word));
}

limiter::TokenBucketOptions bucket_values(const options::BucketOptions& o, const options::Text& tokens,
                                          const Settings& settings, const char* subcommand)
{
    limiter::TokenBucketOptions bucket;
    bucket.prefix = settings.key_prefix;
    refill_values(o, bucket, subcommand);
    bucket.tokens = number_or(tokens, "--tokens", k_most_tokens, 1);
    bucket.capacity = number_or(o.capacity, "--capacity", k_most_tokens, bucket.tokens);
    if (bucket.tokens > bucket.capacity)
        throw Error(ExitCode::usage, "--tokens {} is above --capacity {}: it would never run", bucket.tokens,
                    bucket.capacity);
    const std::int64_t steps = (bucket.capacity - 1) / std::min(bucket.amount, bucket.capacity) + 1;
    if (steps > options::k_any_time / bucket.frequency)
        throw Error(ExitCode::usage, "an empty bucket would take more than ten years to fill: raise the rate or lower "
                                     "--capacity");
    return bucket;
}

run::TokenWait token_wait_values(const options::BucketAcquireOptions& o, const options::SettingSources& sources,
                                 const Settings& settings, const char* subcommand)
{
    run::TokenWait wait;
    wait.bucket = bucket_values(o, o.tokens, settings, subcommand);
    wait.bucket.max_wait = max_sleep_value(o.max_sleep, o.no_wait);
    wait.redis_timeout = settings.redis_timeout;
    wait.conflict_code = conflict_code_value(o.conflict_exit_code);
    wait.run_unlimited = sources.second_of("on-unavailable", "fail", "run", o.on_unavailable);
    return wait;
}

}  // namespace commands
