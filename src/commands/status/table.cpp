#include "commands/status/report.hpp"
#include "commands/status/rows.hpp"
#include "terminal/columns.hpp"

#include <algorithm>

namespace commands {

namespace {

using terminal::Row;

constexpr std::size_t k_first = 20;  // of those who hold, and of those who wait

// A row that shares no columns with others: their widths must not cut it, nor it widen them.
std::string sentence(const Row& row, const terminal::Screen& screen)
{
    terminal::Columns columns;
    columns.add(row);
    columns.fit(screen.width);
    return columns.draw(row, screen);
}

struct Lines {
    Row limiter;
    std::vector<Row> members;
    std::string counters;
};

Lines lines_of(const LimiterReport& report, const View& view)
{
    const std::size_t most = view.everybody ? k_everybody : k_first;
    Lines lines{limiter_row(report), holder_rows(report, most), ""};
    if (view.waiting) {
        for (Row& row : waiter_rows(report, most))
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
            if (row.size() > 1)
                members.add(row);
    }
    limiters.fit(screen.width);
    members.fit(screen.width);
    std::string out;
    for (const Lines& lines : all) {
        out += limiters.draw(lines.limiter, screen);
        for (const Row& row : lines.members)
            out += row.size() > 1 ? members.draw(row, screen) : sentence(row, screen);
        if (!lines.counters.empty())
            out += sentence({{"  so far: " + lines.counters, terminal::Style::faint}}, screen);
    }
    return out;
}

}  // namespace commands
