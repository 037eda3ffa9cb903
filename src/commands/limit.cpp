// limiters limit: an operator's limit, which holds whatever the callers ask for.
#include "commands/execute.hpp"
#include "commands/limiter_values.hpp"
#include "commands/order.hpp"
#include "options/flags.hpp"

#include <array>

namespace commands {

namespace {

using base::Error;
using base::ExitCode;
using limiter::Kind;
using limiter::Most;
using limiter::OrderKind;

constexpr std::array k_of_buckets{&options::k_rate, &options::k_refill_amount, &options::k_refill_frequency};

Most most_of_semaphore(const options::Given& o)
{
    for (const options::Flag* flag : k_of_buckets)
        if (o.has(*flag))
            throw Error(ExitCode::usage, "limit sem: a semaphore has no {}, only {}", label(*flag),
                        label(options::k_slots));
    if (!o.has(options::k_slots))
        throw Error(ExitCode::usage, "limit sem needs {}, or {}", label(options::k_slots), label(options::k_clear));
    return {.capacity = options::number(o, options::k_slots)};
}

Most most_of_bucket(const options::Given& o, const Settings& settings)
{
    const limiter::TokenBucketOptions bucket = bucket_values(o, settings, "limit bucket");
    return {bucket.capacity, bucket.amount, bucket.frequency};
}

void require_nothing_else(const options::Given& o)
{
    constexpr std::array others{&options::k_slots, &options::k_for, &options::k_reason};
    const auto reject_with = [&o](const options::Flag* flag) {
        if (o.has(*flag))
            throw Error(ExitCode::usage, "{} takes a limit away: leave out {}", label(options::k_clear), label(*flag));
    };
    for (const options::Flag* flag : others)
        reject_with(flag);
    for (const options::Flag* flag : k_of_buckets)
        reject_with(flag);
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::LimitOptions& options)
{
    const Settings settings = settings_from(options::SettingSources(global, options));
    const limiter::LimiterName limiter = limiter_words(options, "limit");
    limiter::NewOrder order{.kind = OrderKind::limit, .span = base::Micros::zero()};
    if (options.has(options::k_clear)) {
        require_nothing_else(options);
    } else {
        order.most = limiter.kind == Kind::semaphore ? most_of_semaphore(options) : most_of_bucket(options, settings);
        order.span = span_value(options);
        order.by = by_value();
        order.why = reason_value(options);
    }
    give_order(settings, limiter, order);
    return ExitCode::ok;
}

}  // namespace commands
