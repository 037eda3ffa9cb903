#include "commands/status/report.hpp"
#include "commands/status/rows.hpp"
#include "terminal/columns.hpp"

#include <algorithm>

namespace commands {

namespace {

using terminal::Row;

struct Lines {
    Row limiter;
    std::vector<Row> holders;
};

}  // namespace

std::string table(const Report& report, const terminal::Screen& screen)
{
    terminal::Columns limiters;
    terminal::Columns holders;
    std::vector<Lines> all;
    for (const LimiterReport& one : report.limiters) {
        all.push_back({limiter_row(one), holder_rows(one)});
        limiters.add(all.back().limiter);
        for (const Row& row : all.back().holders)
            holders.add(row);
    }
    limiters.fit(screen.width);
    holders.fit(screen.width);
    std::string out;
    for (const Lines& lines : all) {
        out += limiters.draw(lines.limiter, screen);
        for (const Row& row : lines.holders)
            out += holders.draw(row, screen);
    }
    return out;
}

}  // namespace commands
