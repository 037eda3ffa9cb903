#include "commands/status/report.hpp"
#include "commands/status/rows.hpp"
#include "terminal/columns.hpp"

#include <algorithm>

namespace commands {

namespace {

using terminal::Row;

constexpr std::size_t k_first = 20;  // of those who hold, and of those who wait

struct Lines {
    Row limiter;
    std::vector<Row> members;
    std::string counters;
};

Lines lines_of(const LimiterReport& report, const View& view)
{
    const Excerpt excerpt{view.everybody ? k_everybody : k_first, ": see --all"};
    Lines lines{limiter_row(report), holder_rows(report, excerpt), ""};
    if (view.waiting) {
        for (Row& row : waiter_rows(report, excerpt))
            lines.members.push_back(std::move(row));
        lines.counters = counters_text(report);
    }
    return lines;
}

}  // namespace

std::string table(const Report& report, const View& view, const terminal::Screen& screen)
{
    terminal::Columns limiters;
    terminal::Columns members;
    std::vector<Lines> all;
    for (const LimiterReport& one : report.limiters) {
        all.push_back(lines_of(one, view));
        limiters.add(all.back().limiter);
        for (const Row& row : all.back().members)
            members.add(row);
    }
    limiters.fit(screen.width);
    members.fit(screen.width);
    std::string out;
    for (const Lines& lines : all) {
        out += limiters.draw(lines.limiter, screen);
        for (const Row& row : lines.members)
            out += members.draw(row, screen);
        if (!lines.counters.empty())
            out += members.draw({{"  so far: " + lines.counters, terminal::Style::faint}}, screen);
    }
    return out;
}

}  // namespace commands
