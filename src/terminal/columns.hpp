// Lines in columns for whoever looks at a terminal: `limiters status` draws by it, each limiter and each holder a row.
//
// All rows that stand under one another are added to one Columns first; then each is drawn.
#pragma once

#include "terminal/style.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace terminal {

struct Screen {
    std::optional<std::size_t> width;  // in columns; nothing: lines are as long as they are
    bool color = false;
};

// What stdout is: no width and no colour where it is no terminal, no colour where NO_COLOR or TERM wants none.
Screen screen_of_stdout();

struct Cell {
    std::string text;  // safe to print: see visible()
    Style style = Style::plain;
    bool flexible = false;  // gives way when the screen is narrow
};

using Row = std::vector<Cell>;

// What of a cell is drawn, and in which column of the screen it begins.
struct Piece {
    std::size_t column;
    std::string text;
    Style style;
};

// The widths that rows under one another share. A row of one cell is a sentence: it has the width of the screen, and
// neither widens the columns nor is cut by them.
class Columns {
public:
    void add(const Row& row);

    // Narrows the flexible columns, the widest first, until a line fits. What does not fit even then is cut.
    void fit(std::optional<std::size_t> width);

    // The row's cells that are not empty, none beyond the width.
    [[nodiscard]] std::vector<Piece> pieces(const Row& row, std::optional<std::size_t> width) const;

    // The row as one line with its newline, never wider than the screen, without blanks at its end.
    [[nodiscard]] std::string draw(const Row& row, const Screen& screen) const;

private:
    std::vector<std::size_t> m_widths;
    std::vector<bool> m_flexible;
};

// Draws how much of the whole the part is: [####......]. Something is never drawn as nothing, nor what has room as
// full.
std::string bar(std::int64_t part, std::int64_t whole);

}  // namespace terminal
