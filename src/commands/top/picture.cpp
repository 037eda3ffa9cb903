#include "commands/top/picture.hpp"

#include "commands/status/rows.hpp"
#include "terminal/columns.hpp"
#include "terminal/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace commands {

namespace {

using terminal::Columns;
using terminal::Row;
using terminal::Style;

constexpr std::size_t k_above = 2;  // the heading and a blank line
constexpr std::size_t k_below = 2;  // a blank line, and that of questions and keys

constexpr const char* k_keys_of_list = "Enter opens  p pauses  r resumes  q ends";
constexpr const char* k_keys_of_one = "Escape goes back  f frees a holder  p pauses  r resumes  q ends";

// Rows that stand under one another.
struct Block {
    std::vector<Row> rows;
    bool has_selection = false;
};

class Picture {
public:
    Picture(terminal::FullScreen& screen, const TopState& state)
        : m_screen(screen), m_state(state), m_size(screen.begin())
    {
    }

    void draw(const std::string& server)
    {
        const LimiterReport* opened = m_state.opened();
        const std::size_t count = m_state.limiters().size();
        m_screen.put(0, 0, fmt::format("{}: {} limiter{}", server, count, count == 1 ? "" : "s"), Style::bold);
        draw_blocks(opened != nullptr ? blocks_of(*opened) : blocks_of_all());
        draw_last_line(opened != nullptr ? k_keys_of_one : k_keys_of_list);
        m_screen.show();
    }

private:
    [[nodiscard]] std::vector<Block> blocks_of_all() const
    {
        Block all{{}, true};
        for (const LimiterReport& report : m_state.limiters())
            all.rows.push_back(row_of(report));
        return {all};
    }

    [[nodiscard]] std::vector<Block> blocks_of(const LimiterReport& report) const
    {
        return {{{row_of(report)}}, {holder_rows(report), true}, {waiter_rows(report)}};
    }

    // The row of limiters status, and before its last words what was granted in the last minute.
    [[nodiscard]] Row row_of(const LimiterReport& report) const
    {
        Row row = limiter_row(report);
        const Rates& rates = m_state.rates();
        const std::int64_t granted = rates.last_minute(report.limiter);
        row.insert(row.end() - std::min<std::ptrdiff_t>(1, std::ssize(row)),
                   {{rates.sparkline(report.limiter, m_screen.unicode()), Style::green},
                    {granted > 0 ? fmt::format("{}/min", granted) : "", Style::faint}});
        return row;
    }

    // As many rows as there is room for, so that the selected one is among them.
    void draw_blocks(const std::vector<Block>& blocks)
    {
        const std::size_t room = m_size.rows - std::min(m_size.rows, k_above + k_below);
        const std::size_t selected = selected_row(blocks);
        const std::size_t first = selected - std::min(selected, room - std::min<std::size_t>(room, 1));
        std::size_t at = 0;
        for (const Block& block : blocks) {
            Columns columns;
            for (const Row& row : block.rows)
                columns.add(row);
            columns.fit(m_size.columns);
            for (const Row& row : block.rows) {
                if (at >= first && at < first + room)
                    draw_row(k_above + at - first, columns, row, at == selected);
                ++at;
            }
        }
    }

    [[nodiscard]] std::size_t selected_row(const std::vector<Block>& blocks) const
    {
        std::size_t before = 0;
        for (const Block& block : blocks) {
            if (block.has_selection)
                return before + m_state.selected_row();
            before += block.rows.size();
        }
        return before;
    }

    void draw_row(std::size_t y, const Columns& columns, const Row& row, bool selected)
    {
        if (selected)
            m_screen.put(y, 0, std::string(m_size.columns, ' '), Style::plain, true);
        for (const terminal::Piece& piece : columns.pieces(row, m_size.columns))
            m_screen.put(y, piece.column, piece.text, piece.style, selected);
    }

    // What is typed stays in sight, however long the name of the limiter is.
    [[nodiscard]] std::string line_of(const Question& question) const
    {
        const std::size_t taken = question.typed.size() + 1;
        const std::size_t left = m_size.columns - std::min(m_size.columns, taken);
        return terminal::cut(terminal::visible(question.text), left) + ' ' + question.typed;
    }

    void draw_last_line(const char* keys)
    {
        const std::size_t last = m_size.rows - std::min<std::size_t>(m_size.rows, 1);
        if (const auto& question = m_state.question())
            m_screen.put(last, 0, line_of(*question), Style::bold);
        else if (!m_state.told().empty())
            m_screen.put(last, 0, terminal::visible(m_state.told()), Style::yellow);
        else
            m_screen.put(last, 0, keys, Style::faint);
    }

    terminal::FullScreen& m_screen;
    const TopState& m_state;
    terminal::FullScreen::Size m_size;
};

}  // namespace

void draw(terminal::FullScreen& screen, const TopState& state, const std::string& server)
{
    Picture(screen, state).draw(server);
}

}  // namespace commands
