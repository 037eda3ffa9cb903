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

std::string lasting(const limiter::Order& order)
{
    return fmt::format("since {} {}", base::readable(order.age), terminal::visible(order.described()));
}

// What an operator has ordered: limited to 2 since 1m30s until 14:30:05 by alice@web1: why
void add_orders(std::string& rest, const limiter::Orders& orders, const std::string& most)
{
    const auto add = [&rest](const std::string& text) { rest += (rest.empty() ? "" : ", ") + text; };
    if (orders.pause)
        add("paused " + lasting(*orders.pause));
    if (orders.limit)
        add(fmt::format("limited to {} {}", most, lasting(*orders.limit)));
}

Row row_of(const limiter::LimiterName& limiter, const limiter::SemaphoreStatus& s)
{
    const std::int64_t most = s.orders.limit ? s.orders.limit->most.capacity : s.capacity;
    const std::int64_t capacity = s.capacity == 0 ? most : std::min(s.capacity, most);
    std::string rest = s.waiters > 0 ? fmt::format("{} waiting", s.waiters) : "";
    if (s.settling > Micros::zero())
        rest += fmt::format("{}settles in {}", rest.empty() ? "" : ", ", base::readable(s.settling));
    add_orders(rest, s.orders, std::to_string(most));
    const Style style = s.used < capacity ? Style::green : s.waiters == 0 ? Style::yellow : Style::red;
    return {{"sem", Style::plain},
            {terminal::visible(limiter.name), Style::bold, true},
            {bar(s.used, capacity), style},
            {fmt::format("{}/{}", s.used, capacity)},
            {rest}};
}

Row row_of(const limiter::LimiterName& limiter, const limiter::BucketStatus& b)
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
            {terminal::visible(limiter.name), Style::bold, true},
            {bar(b.capacity - b.level, b.capacity), b.level > 0    ? Style::green
                                                    : b.level == 0 ? Style::yellow
                                                                   : Style::red},
            {fmt::format("{}/{} left", b.level, b.capacity)},
            {rest}};
}

Row row_of(const limiter::LimiterName& limiter, const Broken& broken)
{
    std::string why = broken.why.what();
    if (const std::string subject = limiter.subject() + ": "; why.starts_with(subject))
        why.erase(0, subject.size());
    return {{limiter.kind == limiter::Kind::semaphore ? "sem" : "bucket", Style::plain},
            {terminal::visible(limiter.name), Style::bold, true},
            {""},
            {""},
            {terminal::visible(why), Style::red, true}};
}

std::string end_of(const limiter::Holder& h)
{
    if (h.released)
        return fmt::format("held {} more", base::readable(h.expires_in));  // by its min-hold
    if (h.expires_in <= Micros::zero())
        return "expired";
    return "expires in " + base::readable(h.expires_in);
}

std::string slots_of(const limiter::Holder& h)
{
    if (!h.slots.empty())
        return (h.weight == 1 ? "slot " : "slots ") + terminal::visible(h.slots);
    return h.weight == 1 ? "" : fmt::format("weight {}", h.weight);
}

Row holder_row(const limiter::Holder& h)
{
    return {{"  " + terminal::visible(h.id.substr(0, k_shown_of_id)), Style::faint},
            {terminal::visible(h.who.host), Style::plain, true},
            {terminal::visible(h.who.pid)},
            {terminal::visible(h.who.command), Style::plain, true},
            {"since " + base::readable(h.held)},
            {end_of(h)},
            {slots_of(h)},
            {terminal::visible(h.who.label), Style::plain, true}};
}

Row waiter_row(const limiter::Waiter& w, std::size_t place)
{
    return {{"  " + terminal::visible(w.id.substr(0, k_shown_of_id)), Style::faint},
            {terminal::visible(w.who.host), Style::plain, true},
            {terminal::visible(w.who.pid)},
            {terminal::visible(w.who.command), Style::plain, true},
            {"waits " + base::readable(w.waited)},
            {fmt::format("place {}", place)},
            {w.weight == 1 ? "" : fmt::format("weight {}", w.weight)},
            {terminal::visible(w.who.label), Style::plain, true}};
}

Row left_out(std::int64_t count, const char* noun, const char* where)
{
    return {{fmt::format("  and {} {}{} more{}", count, noun, count == 1 ? "" : "s", where), Style::faint}};
}

// The first of these, as rows, and how many there are besides.
template <typename Member, typename MakeRow>
void add_rows(std::vector<Row>& rows, const std::vector<Member>& members, std::int64_t count, const Excerpt& excerpt,
              const char* noun, const MakeRow& make_row)
{
    const std::size_t shown = std::min(excerpt.most, members.size());
    for (std::size_t i = 0; i < shown; ++i)
        rows.push_back(make_row(members[i], i));
    if (count > static_cast<std::int64_t>(shown))
        rows.push_back(left_out(count - static_cast<std::int64_t>(shown), noun, excerpt.where));
}

std::string in_the_mean(Micros all, std::int64_t count)
{
    return base::rough(all / std::max<std::int64_t>(count, 1));
}

std::string counters_of(const limiter::SemaphoreStatus& s)
{
    const limiter::SemaphoreCounters& c = s.counters;
    std::string text = fmt::format("{} granted", c.granted);
    if (c.waits > 0)
        text += fmt::format(", {} of them after {} in the mean", c.waits, in_the_mean(c.waited, c.waits));
    if (const std::int64_t over = c.granted - s.held_by; over > 0 && c.held > Micros::zero())
        text += fmt::format(", held {} in the mean", in_the_mean(c.held, over));
    for (const auto& [count, what] : {std::pair(c.refused, "refused"), std::pair(c.expired, "expired"),
                                      std::pair(c.lost, "lost"), std::pair(c.superseded, "superseded")})
        if (count > 0)
            text += fmt::format(", {} {}", count, what);
    return text;
}

std::string counters_of(const limiter::BucketStatus& b)
{
    std::string text = fmt::format("{} tokens granted", b.granted);
    if (b.returned > 0)
        text += fmt::format(", {} given back", b.returned);
    if (b.waited > Micros::zero())
        text += fmt::format(", waited for {} in all", base::rough(b.waited));
    return text;
}

std::string counters_of(const Broken& /*broken*/)
{
    return {};
}

}  // namespace

Row limiter_row(const LimiterReport& report)
{
    return std::visit([&](const auto& status) { return row_of(report.limiter, status); }, report.status);
}

std::vector<Row> holder_rows(const LimiterReport& report, const Excerpt& excerpt)
{
    std::vector<Row> rows;
    if (const auto* s = std::get_if<limiter::SemaphoreStatus>(&report.status))
        add_rows(rows, s->holders, s->held_by, excerpt, "holder",
                 [](const limiter::Holder& holder, std::size_t) { return holder_row(holder); });
    return rows;
}

std::vector<Row> waiter_rows(const LimiterReport& report, const Excerpt& excerpt)
{
    std::vector<Row> rows;
    if (const auto* s = std::get_if<limiter::SemaphoreStatus>(&report.status))
        add_rows(rows, s->waiting, s->waiters, excerpt, "waiter",
                 [](const limiter::Waiter& waiter, std::size_t i) { return waiter_row(waiter, i + 1); });
    return rows;
}

std::string counters_text(const LimiterReport& report)
{
    return std::visit([](const auto& status) { return counters_of(status); }, report.status);
}

}  // namespace commands
