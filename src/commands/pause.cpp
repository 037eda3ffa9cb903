// limiters pause, limiters resume: nothing new is granted until then.
#include "commands/execute.hpp"
#include "commands/limiter_values.hpp"
#include "commands/order.hpp"
#include "options/flags.hpp"

namespace commands {

using limiter::Kind;
using limiter::OrderKind;

base::ExitCode execute(const options::GlobalOptions& global, const options::PauseOptions& options)
{
    const Settings settings = settings_from(options::SettingSources(global, options));
    const limiter::LimiterName limiter = limiter_words(options, "pause");
    if (limiter.kind == Kind::bucket && !options.has(options::k_for))
        throw base::Error(base::ExitCode::usage,
                          "{}: a bucket is paused for a time, such as the Retry-After that one "
                          "of its callers got: give {}",
                          limiter.subject(), label(options::k_for));
    give_order(settings, limiter,
               {.kind = OrderKind::pause, .span = span_value(options), .by = by_value(), .why = reason_value(options)});
    return base::ExitCode::ok;
}

base::ExitCode execute(const options::GlobalOptions& global, const options::ResumeOptions& options)
{
    const Settings settings = settings_from(options::SettingSources(global, options));
    give_order(settings, limiter_words(options, "resume"), {.kind = OrderKind::pause, .span = base::Micros::zero()});
    return base::ExitCode::ok;
}

}  // namespace commands
