#include "terminal/columns.hpp"

#include "terminal/text.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace terminal {

namespace {

constexpr std::size_t k_gap = 2;        // between two columns
constexpr std::size_t k_bar = 10;       // how many marks a bar has
constexpr std::size_t k_narrowest = 8;  // a flexible column is not cut below this, so that its text can be told apart

bool set_and_not_empty(const char* variable)
{
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

// Styles as parameters of SGR (ECMA-48, 8.3.117).
const char* sgr_of(Style style)
{
    switch (style) {
    case Style::plain: break;
    case Style::bold: return "1";
    case Style::faint: return "2";
    case Style::red: return "31";
    case Style::green: return "32";
    case Style::yellow: return "33";
    }
    return "";
}

}  // namespace

Screen screen_of_stdout()
{
    Screen screen;
    winsize size{};
    if (::isatty(STDOUT_FILENO) != 1)
        return screen;
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        screen.width = size.ws_col;
    screen.color =
        !set_and_not_empty("NO_COLOR") && set_and_not_empty("TERM") && std::getenv("TERM") != std::string("dumb");
    return screen;
}

void Columns::add(const Row& row)
{
    if (row.size() == 1)
        return;
    m_widths.resize(std::max(m_widths.size(), row.size()));
    m_flexible.resize(m_widths.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
        m_widths[i] = std::max(m_widths[i], columns(row[i].text));
        m_flexible[i] = m_flexible[i] || row[i].flexible;
    }
}

void Columns::fit(std::optional<std::size_t> width)
{
    for (;;) {
        std::size_t total = 0;
        std::size_t* widest = nullptr;
        for (std::size_t i = 0; i < m_widths.size(); ++i) {
            total += m_widths[i] + (i == 0 || m_widths[i] == 0 ? 0 : k_gap);
            if (m_flexible[i] && m_widths[i] > k_narrowest && (widest == nullptr || m_widths[i] > *widest))
                widest = &m_widths[i];
        }
        if (!width || total <= *width || widest == nullptr)
            return;
        --*widest;
    }
}

std::vector<Piece> Columns::pieces(const Row& row, std::optional<std::size_t> width) const
{
    std::vector<Piece> pieces;
    const std::size_t end = width.value_or(std::string::npos);
    if (row.size() == 1)
        return {{0, cut(row.front().text, end), row.front().style}};
    std::size_t at = 0;
    for (std::size_t i = 0; i < row.size() && at < end; ++i) {
        std::string text = cut(row[i].text, std::min(m_widths[i], end - at));
        if (!text.empty())
            pieces.push_back({at, std::move(text), row[i].style});
        if (m_widths[i] > 0)
            at += m_widths[i] + k_gap;
    }
    return pieces;
}

std::string Columns::draw(const Row& row, const Screen& screen) const
{
    std::string out;
    std::size_t at = 0;
    for (const Piece& piece : pieces(row, screen.width)) {
        out.append(piece.column - at, ' ');
        at = piece.column + columns(piece.text);
        const char* sgr = sgr_of(piece.style);
        out += screen.color && *sgr != '\0' ? fmt::format("\x1b[{}m{}\x1b[0m", sgr, piece.text) : piece.text;
    }
    return out + '\n';
}

std::string bar(std::int64_t part, std::int64_t whole)
{
    const auto marks = static_cast<std::int64_t>(k_bar);
    std::int64_t filled = whole <= 0 ? 0 : std::clamp<std::int64_t>((part * marks + whole - 1) / whole, 0, marks);
    if (filled == marks && part < whole)
        --filled;
    return fmt::format("[{:.<{}}]", std::string(static_cast<std::size_t>(filled), '#'), k_bar);
}

}  // namespace terminal
