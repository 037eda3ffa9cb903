#include "commands/status/rows.hpp"

#include "base/duration.hpp"
#include "terminal/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace commands {

namespace {

using base::Micros;
using terminal::bar;
using terminal::Row;
using terminal::Style;

constexpr std::size_t k_shown_of_id = 12;  // enough to tell the holders of one limiter apart

// What an operator has ordered: limited to 2 until 14:30:05 by alice@web1: why
void add_orders(std::string& rest, const limiter::Orders& orders, const std::string& most)
{
    const auto add = [&rest](const std::string& text) { rest += (rest.empty() ? "" : ", ") + text; };
    if (orders.pause)
        add("paused " + terminal::visible(orders.pause->described()));
    if (orders.limit)
        add(fmt::format("limited to {} {}", most, terminal::visible(orders.limit->described())));
}

Row row_of(const std::string& name, const limiter::SemaphoreStatus& s)
{
    const std::int64_t most = s.orders.limit ? s.orders.limit->most.capacity : s.capacity;
    const std::int64_t capacity = s.capacity == 0 ? most : std::min(s.capacity, most);
    std::string rest = s.waiters > 0 ? fmt::format("{} waiting", s.waiters) : "";
    if (s.settling > Micros::zero())
        rest += fmt::format("{}settles in {}", rest.empty() ? "" : ", ", base::readable(s.settling));
    add_orders(rest, s.orders, std::to_string(most));
    const Style style = s.used < capacity ? Style::green : s.waiters == 0 ? Style::yellow : Style::red;
    return {{"sem", Style::plain},
            {terminal::visible(name), Style::bold, true},
            {bar(s.used, capacity), style},
            {fmt::format("{}/{}", s.used, capacity)},
            {rest}};
}

Row row_of(const std::string& name, const limiter::BucketStatus& b)
{
    std::string rest =
        b.capacity > 0 ? fmt::format("{} every {}", b.amount, base::format_duration(b.frequency)) : std::string();
    if (b.next_token > Micros::zero())
        rest += ", next token in " + base::readable(b.next_token);
    else if (b.next_refill > Micros::zero())
        rest += ", next refill in " + base::readable(b.next_refill);
    if (const auto& limit = b.orders.limit)
        add_orders(rest, b.orders,
                   fmt::format("{} every {}, capacity {}", limit->most.amount,
                               base::format_duration(limit->most.frequency), limit->most.capacity));
    else
        add_orders(rest, b.orders, {});
    return {{"bucket", Style::plain},
            {terminal::visible(name), Style::bold, true},
            {bar(b.level, b.capacity), b.level > 0    ? Style::green
                                       : b.level == 0 ? Style::yellow
                                                      : Style::red},
            {fmt::format("{}/{}", b.level, b.capacity)},
            {rest}};
}

std::string end_of(const limiter::Holder& h)
{
    if (h.released)
        return fmt::format("held {} more", base::readable(h.expires_in));  // by its min-hold
    if (h.expires_in <= Micros::zero())
        return "expired";
    return "expires in " + base::readable(h.expires_in);
}

Row holder_row(const limiter::Holder& h)
{
    return {{"  " + terminal::visible(h.id.substr(0, k_shown_of_id)), Style::faint},
            {terminal::visible(h.who.host), Style::plain, true},
            {terminal::visible(h.who.pid)},
            {terminal::visible(h.who.command), Style::plain, true},
            {"since " + base::readable(h.held)},
            {end_of(h)},
            {h.weight == 1 ? "" : fmt::format("weight {}", h.weight)},
            {terminal::visible(h.who.label), Style::plain, true}};
}

}  // namespace

Row limiter_row(const LimiterReport& report)
{
    return std::visit([&](const auto& status) { return row_of(report.limiter.name, status); }, report.status);
}

std::vector<Row> holder_rows(const LimiterReport& report)
{
    std::vector<Row> rows;
    if (const auto* semaphore = std::get_if<limiter::SemaphoreStatus>(&report.status))
        std::transform(semaphore->holders.begin(), semaphore->holders.end(), std::back_inserter(rows), holder_row);
    return rows;
}

}  // namespace commands
