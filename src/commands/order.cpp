#include "commands/order.hpp"

#include "base/duration.hpp"
#include "base/message.hpp"
#include "base/printable.hpp"
#include "commands/session.hpp"
#include "options/flags.hpp"
#include "options/values.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace commands {

namespace {

using base::Micros;
using limiter::OrderKind;

constexpr std::size_t k_longest_user = 64;

// What the user is called, for people to read: a program that is linked statically must not ask the name service.
std::string user()
{
    for (const char* variable : {"SUDO_USER", "LOGNAME", "USER"})
        if (const char* value = std::getenv(variable); value != nullptr && *value != '\0') {
            std::string user = base::printable(std::string_view(value).substr(0, k_longest_user));
            std::replace(user.begin(), user.end(), ' ', '_');
            return user;
        }
    return fmt::format("uid-{}", ::getuid());
}

// What a user who gave no end, or whose order changed nothing, has to know.
void tell(const limiter::Ordered& answer, const limiter::NewOrder& order, const std::string& where)
{
    const bool is_pause = order.kind == OrderKind::pause;
    const auto& stands = is_pause ? answer.orders.pause : answer.orders.limit;
    if (!answer.done && order.span > Micros::zero() && stands)
        base::message::notice(fmt::format("{}: a longer pause stands, {}", where, stands->described()));
    else if (!answer.done)
        base::message::detail(fmt::format("{}: there was no {}", where, is_pause ? "pause" : "limit"));
    else if (order.span == Micros(options::k_for.high))
        base::message::notice(fmt::format("{}: {} until it is {}, at most until {}", where,
                                          is_pause ? "paused" : "limited", is_pause ? "resumed" : "cleared",
                                          base::time_of_day_in(order.span)));
    else
        base::message::detail(fmt::format("{}: done", where));
}

}  // namespace

Micros span_value(const options::Given& o)
{
    return o.has(options::k_for) ? options::duration(o, options::k_for) : Micros(options::k_for.high);
}

std::string reason_value(const options::Given& o)
{
    const options::Text text = o.text(options::k_reason);
    return text ? options::label_text({label(options::k_reason)}, *text) : std::string();
}

std::string by_value()
{
    char host[256] = "?";
    ::gethostname(host, sizeof host - 1);
    return fmt::format("{}@{}", user(), host);
}

void give_order(const Settings& settings, const limiter::LimiterName& limiter, const limiter::NewOrder& order)
{
    const Asker asker(settings);
    auto session =
        order.span > Micros::zero() ? std::optional(open_session(settings)) : open_existing_session(settings);
    if (!session)
        return;
    const limiter::Ordered answer =
        limiter::ordered(asker.change(*session, limiter::order(settings.key_prefix, limiter, order)));
    tell(answer, order, fmt::format("{} on {}", limiter.subject(), session->server().display()));
}

}  // namespace commands
