#include "commands/limiter_values.hpp"

#include "options/default_name.hpp"
#include "options/flags.hpp"
#include "options/values.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;
using base::Micros;

// Reads --rate as one token every ceil(D/A) µs; else the amount and frequency as they are.
void refill_values(const options::Given& o, limiter::TokenBucketOptions& bucket, const char* subcommand)
{
    const bool amount = o.has(options::k_refill_amount);
    const bool frequency = o.has(options::k_refill_frequency);
    if (const options::Text text = o.text(options::k_rate)) {
        if (amount || frequency)
            throw Error(ExitCode::usage, "{} contradicts {} and {}: give one or the others", label(options::k_rate),
                        label(options::k_refill_amount), label(options::k_refill_frequency));
        const options::Rate r = options::rate({label(options::k_rate)}, *text);
        bucket.amount = 1;
        bucket.frequency = Micros((r.duration.count() + r.amount - 1) / r.amount);
        return;
    }
    if (!o.has(options::k_size) || !amount || !frequency)
        throw Error(ExitCode::usage, "{} needs {}, or {}, {} and {}", subcommand, label(options::k_rate),
                    label(options::k_size), label(options::k_refill_amount), label(options::k_refill_frequency));
    bucket.amount = options::number(o, options::k_refill_amount);
    bucket.frequency = options::duration(o, options::k_refill_frequency);
}

limiter::Supersede supersede_value(const std::string& text)
{
    if (!text.empty() && text != options::k_supersede.or_equals)
        options::reject(
            {label(options::k_supersede)}, text,
            fmt::format("it is alone, or {}={}", label(options::k_supersede), options::k_supersede.or_equals));
    return text.empty() ? limiter::Supersede::waiters : limiter::Supersede::running;
}

constexpr std::int64_t k_most_named = 256;  // the server looks through all their names
constexpr std::size_t k_longest_slot = 64;
constexpr std::string_view k_of_slots =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/@+-";  // so that a comma ends a name

// The names that --slots lists, or those of so many, from 0; none without it.
std::vector<std::string> slot_names(const options::Given& o)
{
    const options::Text text = o.text(options::k_named_slots);
    if (!text)
        return {};
    const options::Source source{label(options::k_named_slots)};
    if (o.has(options::k_slots))
        throw Error(ExitCode::usage, "{} says how many there are: leave out {}", source.label, label(options::k_slots));
    std::vector<std::string> names;
    if (!text->empty() && text->find_first_not_of("0123456789") == std::string::npos) {
        const std::int64_t count = options::whole_number(source, *text, 1, k_most_named);
        for (std::int64_t i = 0; i < count; ++i)
            names.push_back(std::to_string(i));
        return names;
    }
    for (std::size_t begin = 0; begin <= text->size();) {
        const std::size_t end = std::min(text->find(',', begin), text->size());
        names.push_back(text->substr(begin, end - begin));
        begin = end + 1;
    }
    for (const std::string& name : names)
        if (name.empty() || name.size() > k_longest_slot || name.find_first_not_of(k_of_slots) != std::string::npos)
            options::reject(source, *text,
                            fmt::format("names have 1 to {} letters, digits and . _ : / @ + -, with "
                                        "commas between them",
                                        k_longest_slot));
    const std::set<std::string> once(names.begin(), names.end());
    if (once.size() < names.size() || names.size() > static_cast<std::size_t>(k_most_named))
        options::reject(source, *text, fmt::format("each name once, and {} at most", k_most_named));
    return names;
}

limiter::Policies policies_value(const options::Given& o)
{
    limiter::Policies policies;
    if (o.has(options::k_max_waiters))
        policies.most_waiters = options::number(o, options::k_max_waiters);
    policies.head_start = options::duration(o, options::k_head_start);
    if (const options::Text text = o.text(options::k_supersede))
        policies.supersede = supersede_value(*text);
    policies.slots = slot_names(o);
    return policies;
}

}  // namespace

std::optional<Micros> max_sleep_value(const options::Given& o)
{
    const bool no_wait = o.has(options::k_no_wait);
    if (no_wait && o.has(options::k_max_sleep))
        throw Error(ExitCode::usage, "{} and {} contradict each other: give one of them", label(options::k_no_wait),
                    label(options::k_max_sleep));
    if (no_wait)
        return Micros::zero();
    return o.has(options::k_max_sleep) ? std::optional(options::duration(o, options::k_max_sleep)) : std::nullopt;
}

ExitCode conflict_code_value(const options::Given& o)
{
    return ExitCode{static_cast<int>(options::number(o, options::k_conflict_exit_code))};
}

std::string run_name(const options::RunOptions& o)
{
    if (o.command[0].empty())
        throw Error(ExitCode::not_found, "'': command not found");
    const options::Text given = o.text(options::k_name_of_run);
    return options::name({label(options::k_name_of_run)}, given ? *given : options::default_name(o.command[0]));
}

limiter::LimiterName limiter_words(const options::Given& o, const char* subcommand)
{
    const options::Text kind = o.text(options::k_kind);
    const options::Text name = o.text(options::k_name_word);
    if (!kind || !name)
        throw Error(ExitCode::usage, "{0} needs a kind and a name: limiters {0} {1} NAME", subcommand,
                    options::k_kind.value);
    const bool is_bucket = options::second_of({label(options::k_kind)}, *kind, options::k_kind);
    return {options::name({label(options::k_name_word)}, *name),
            is_bucket ? limiter::Kind::bucket : limiter::Kind::semaphore};
}

std::string required_name(const options::Given& o, const char* subcommand)
{
    const options::Text given = o.text(options::k_name);
    if (!given)
        throw Error(ExitCode::usage, "{} needs {}: which limiter", subcommand, label(options::k_name));
    return options::name({label(options::k_name)}, *given);
}

limiter::SemaphoreOptions semaphore_values(const options::Given& o, const Settings& settings, const char* subcommand)
{
    limiter::SemaphoreOptions semaphore;
    semaphore.prefix = settings.key_prefix;
    semaphore.policies = policies_value(o);
    const std::vector<std::string>& names = semaphore.policies.slots;
    if (!o.has(options::k_slots) && names.empty())
        throw Error(ExitCode::usage, "{} needs {}: how many may run at a time", subcommand, label(options::k_slots));
    semaphore.capacity = names.empty() ? options::number(o, options::k_slots) : static_cast<std::int64_t>(names.size());
    semaphore.weight = options::number(o, options::k_weight);
    if (semaphore.weight > semaphore.capacity && !names.empty())
        throw Error(ExitCode::usage, "{} {} is above the {} names of {}: it would never run", label(options::k_weight),
                    semaphore.weight, names.size(), label(options::k_named_slots));
    if (semaphore.weight > semaphore.capacity)
        throw Error(ExitCode::usage, "{} {} is above {} {}: it would never run", label(options::k_weight),
                    semaphore.weight, label(options::k_slots), semaphore.capacity);
    semaphore.lease = options::duration(o, options::k_expiry);
    return semaphore;
}

std::size_t replicas_value(const options::SettingSources& sources)
{
    return static_cast<std::size_t>(sources.number(options::k_replicas));
}

limiter::Who who(pid_t pid, std::string command, const options::SettingSources& sources)
{
    char host[256] = "?";
    ::gethostname(host, sizeof host - 1);
    const auto label = sources.find(options::k_label);
    return {host, std::to_string(pid), std::move(command),
            label ? options::label_text(label->source, label->text) : std::string()};
}

limiter::TokenBucketOptions bucket_values(const options::Given& o, const Settings& settings, const char* subcommand)
{
    limiter::TokenBucketOptions bucket;
    bucket.prefix = settings.key_prefix;
    refill_values(o, bucket, subcommand);
    bucket.tokens = options::number(o, options::k_tokens);
    bucket.capacity = o.has(options::k_size) ? options::number(o, options::k_size) : bucket.tokens;
    if (bucket.tokens > bucket.capacity)
        throw Error(ExitCode::usage, "{} {} is above {} {}: it would never run", label(options::k_tokens),
                    bucket.tokens, label(options::k_size), bucket.capacity);
    const std::int64_t steps = (bucket.capacity - 1) / std::min(bucket.amount, bucket.capacity) + 1;
    if (steps > options::k_any_time / bucket.frequency)
        throw Error(ExitCode::usage,
                    "an empty bucket would take more than ten years to fill: raise the rate or lower {}",
                    label(options::k_size));
    return bucket;
}

run::TokenWait token_wait_values(const options::Given& o, const options::SettingSources& sources,
                                 const Settings& settings, const char* subcommand)
{
    run::TokenWait wait;
    wait.bucket = bucket_values(o, settings, subcommand);
    wait.bucket.max_wait = max_sleep_value(o);
    wait.redis_timeout = settings.redis_timeout;
    wait.conflict_code = conflict_code_value(o);
    wait.run_unlimited = sources.second_of(options::k_on_unavailable);
    return wait;
}

}  // namespace commands
