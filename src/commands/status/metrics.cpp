#include "commands/status/report.hpp"
#include "terminal/text.hpp"

#include <fmt/format.h>

#include <functional>

namespace commands {

namespace {

using limiter::BucketStatus;
using limiter::SemaphoreStatus;

std::string seconds(base::Micros span)
{
    return fmt::format("{}.{:06}", span.count() / 1000000, span.count() % 1000000);
}

// One metric: what it is called, and its value of a limiter of its kind.
template <typename Status>
struct Metric {
    const char* name;
    const char* help;
    std::function<std::string(const Status&)> value;

    // By the conventions of Prometheus a counter's name ends so, and no other.
    [[nodiscard]] const char* type() const { return std::string_view(name).ends_with("_total") ? "counter" : "gauge"; }
};

template <typename Status>
Metric<Status> count(const char* name, const char* help, std::int64_t Status::*member)
{
    return {name, help, [member](const Status& s) { return std::to_string(s.*member); }};
}

Metric<SemaphoreStatus> count(const char* name, const char* help, std::int64_t limiter::SemaphoreCounters::*member)
{
    return {name, help, [member](const SemaphoreStatus& s) { return std::to_string(s.counters.*member); }};
}

Metric<SemaphoreStatus> time(const char* name, const char* help, base::Micros limiter::SemaphoreCounters::*member)
{
    return {name, help, [member](const SemaphoreStatus& s) { return seconds(s.counters.*member); }};
}

std::vector<Metric<SemaphoreStatus>> semaphore_metrics()
{
    using Counters = limiter::SemaphoreCounters;
    return {
        count("limiters_semaphore_slots", "Capacity, as it was asked for last.", &SemaphoreStatus::capacity),
        count("limiters_semaphore_used_slots", "Slots that are held.", &SemaphoreStatus::used),
        count("limiters_semaphore_holders", "Leases that are held.", &SemaphoreStatus::held_by),
        count("limiters_semaphore_waiters", "Callers that wait.", &SemaphoreStatus::waiters),
        count("limiters_semaphore_granted_total", "Leases that were granted.", &Counters::granted),
        count("limiters_semaphore_waits_total", "Leases that were granted after a wait.", &Counters::waits),
        time("limiters_semaphore_waited_seconds_total", "Time waited for the leases that were granted.",
             &Counters::waited),
        time("limiters_semaphore_held_seconds_total", "Time that the leases were held that have ended.",
             &Counters::held),
        count("limiters_semaphore_refused_total", "Callers that left without a slot.", &Counters::refused),
        count("limiters_semaphore_expired_total", "Leases that ended before they were given back.", &Counters::expired),
        count("limiters_semaphore_lost_total", "Leases that were taken away, or asked for back in vain.",
              &Counters::lost),
        count("limiters_semaphore_superseded_total", "Callers that a newer one sent away.", &Counters::superseded),
    };
}

std::vector<Metric<BucketStatus>> bucket_metrics()
{
    return {
        count("limiters_bucket_capacity_tokens", "Capacity, as it was asked for last.", &BucketStatus::capacity),
        count("limiters_bucket_tokens", "Tokens that are there; negative: so many are promised ahead.",
              &BucketStatus::level),
        count("limiters_bucket_granted_tokens_total", "Tokens that were reserved.", &BucketStatus::granted),
        count("limiters_bucket_returned_tokens_total", "Reserved tokens that were given back.",
              &BucketStatus::returned),
        {"limiters_bucket_waited_seconds_total", "Time that callers were told to wait.",
         [](const BucketStatus& s) { return seconds(s.waited); }},
    };
}

// A label's value is UTF-8, which a name need not be: its other bytes are shown as status shows them.
std::string label_value(const std::string& name)
{
    std::string escaped;
    for (const char c : terminal::visible(name)) {
        if (c == '\\' || c == '"')
            escaped += '\\';
        escaped += c;
    }
    return escaped;
}

template <typename Status>
void add(std::string& out, const Report& report, const std::vector<Metric<Status>>& metrics)
{
    for (const Metric<Status>& metric : metrics) {
        std::string samples;
        for (const LimiterReport& one : report.limiters)
            if (const auto* status = std::get_if<Status>(&one.status))
                samples += fmt::format("{}{{name=\"{}\"}} {}\n", metric.name, label_value(one.limiter.name),
                                       metric.value(*status));
        if (!samples.empty())
            out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{3}", metric.name, metric.help, metric.type(), samples);
    }
}

}  // namespace

std::string metrics(const Report& report)
{
    std::string out;
    add(out, report, semaphore_metrics());
    add(out, report, bucket_metrics());
    return out;
}

}  // namespace commands
