#include "base/duration.hpp"
#include "commands/status/report.hpp"
#include "terminal/columns.hpp"
#include "terminal/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace commands {

namespace {

using base::Micros;

using terminal::bar;
using terminal::k_bold;
using terminal::k_faint;
using terminal::k_green;
using terminal::k_plain;
using terminal::k_red;
using terminal::k_yellow;
using terminal::Row;

constexpr std::size_t k_shown_of_id = 12;  // enough to tell the holders of one limiter apart

Row limiter_row(const std::string& name, const limiter::SemaphoreStatus& s)
{
    std::string rest = s.waiters > 0 ? fmt::format("{} waiting", s.waiters) : "";
    if (s.settling > Micros::zero())
        rest += fmt::format("{}settles in {}", rest.empty() ? "" : ", ", base::readable(s.settling));
    const char* style = s.used < s.capacity ? k_green : s.waiters == 0 ? k_yellow : k_red;
    return {{"sem", k_plain},
            {terminal::visible(name), k_bold, true},
            {bar(s.used, s.capacity), style},
            {fmt::format("{}/{}", s.used, s.capacity)},
            {rest}};
}

Row limiter_row(const std::string& name, const limiter::BucketStatus& b)
{
    std::string rest = fmt::format("{} every {}", b.amount, base::format_duration(b.frequency));
    if (b.next_token > Micros::zero())
        rest += ", next token in " + base::readable(b.next_token);
    else if (b.next_refill > Micros::zero())
        rest += ", next refill in " + base::readable(b.next_refill);
    return {{"bucket", k_plain},
            {terminal::visible(name), k_bold, true},
            {bar(b.level, b.capacity), b.level > 0    ? k_green
                                       : b.level == 0 ? k_yellow
                                                      : k_red},
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
    return {{"  " + terminal::visible(h.id.substr(0, k_shown_of_id)), k_faint},
            {terminal::visible(h.who.host), k_plain, true},
            {terminal::visible(h.who.pid)},
            {terminal::visible(h.who.command), k_plain, true},
            {"since " + base::readable(h.held)},
            {end_of(h)},
            {h.weight == 1 ? "" : fmt::format("weight {}", h.weight)},
            {terminal::visible(h.who.label), k_plain, true}};
}

struct Lines {
    Row limiter;
    std::vector<Row> holders;
};

Lines lines_of(const LimiterReport& report)
{
    Lines lines;
    std::visit([&](const auto& status) { lines.limiter = limiter_row(report.limiter.name, status); }, report.status);
    if (const auto* semaphore = std::get_if<limiter::SemaphoreStatus>(&report.status))
        std::transform(semaphore->holders.begin(), semaphore->holders.end(), std::back_inserter(lines.holders),
                       holder_row);
    return lines;
}

}  // namespace

std::string table(const Report& report, const terminal::Screen& screen)
{
    terminal::Columns limiters;
    terminal::Columns holders;
    std::vector<Lines> all;
    for (const LimiterReport& one : report.limiters) {
        all.push_back(lines_of(one));
        limiters.add(all.back().limiter);
        for (const Row& row : all.back().holders)
            holders.add(row);
    }
    limiters.fit(screen);
    holders.fit(screen);
    std::string out;
    for (const Lines& lines : all) {
        out += limiters.draw(lines.limiter, screen);
        for (const Row& row : lines.holders)
            out += holders.draw(row, screen);
    }
    return out;
}

}  // namespace commands
