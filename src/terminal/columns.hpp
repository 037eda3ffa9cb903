// Lines in columns for whoever looks at a terminal: `limiters status` draws by it, each limiter and each holder a row.
//
// All rows that stand under one another are added to one Columns first; then each is drawn.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace terminal {

// SGR parameters (ECMA-48, 8.3.117).
inline constexpr const char* k_plain = "";
inline constexpr const char* k_bold = "1";
inline constexpr const char* k_faint = "2";
inline constexpr const char* k_red = "31";
inline constexpr const char* k_green = "32";
inline constexpr const char* k_yellow = "33";

struct Screen {
    std::optional<std::size_t> width;  // in columns; nothing: lines are as long as they are
    bool color = false;
};

// What stdout is: no width and no colour where it is no terminal, no colour where NO_COLOR or TERM wants none.
Screen screen_of_stdout();

struct Cell {
    std::string text;  // safe to print: see visible()
    const char* style = k_plain;
    bool flexible = false;  // gives way when the screen is narrow
};

using Row = std::vector<Cell>;

// The widths that rows under one another share.
class Columns {
public:
    void add(const Row& row);

    // Narrows the flexible columns, the widest first, until a line fits. What does not fit even then, draw() cuts.
    void fit(const Screen& screen);

    // The row as one line with its newline, never wider than the screen, without blanks at its end.
    [[nodiscard]] std::string draw(const Row& row, const Screen& screen) const;

private:
    std::vector<std::size_t> m_widths;
    std::vector<bool> m_flexible;
};

// [####......]: how much of the whole the part is. Something is never drawn as nothing, nor what has room as full.
std::string bar(std::int64_t part, std::int64_t whole);

}  // namespace terminal
