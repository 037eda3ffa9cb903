#include "base/duration.hpp"
#include "commands/status/report.hpp"
#include "terminal/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace commands {

namespace {

using base::Micros;

constexpr std::size_t k_gap = 2;           // between two columns
constexpr std::size_t k_bar = 10;          // how many marks a bar has
constexpr std::size_t k_narrowest = 8;     // a text column of a narrow terminal is not cut below this
constexpr std::size_t k_shown_of_id = 12;  // enough to tell the holders of one limiter apart

// SGR parameters (ECMA-48, 8.3.117).
constexpr const char* k_plain = "";
constexpr const char* k_bold = "1";
constexpr const char* k_faint = "2";
constexpr const char* k_red = "31";
constexpr const char* k_green = "32";
constexpr const char* k_yellow = "33";

struct Cell {
    std::string text;
    const char* style = k_plain;
    bool flexible = false;  // gives way when the terminal is narrow
};

using Row = std::vector<Cell>;

struct Columns {
    std::vector<std::size_t> widths;
    std::vector<bool> flexible;

    void add(const Row& row)
    {
        widths.resize(std::max(widths.size(), row.size()));
        flexible.resize(widths.size());
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], terminal::columns(row[i].text));
            flexible[i] = flexible[i] || row[i].flexible;
        }
    }

    void fit(std::size_t width)
    {
        for (;;) {
            std::size_t total = 0;
            std::size_t* widest = nullptr;
            for (std::size_t i = 0; i < widths.size(); ++i) {
                total += widths[i] + (i == 0 || widths[i] == 0 ? 0 : k_gap);
                if (flexible[i] && widths[i] > k_narrowest && (widest == nullptr || widths[i] > *widest))
                    widest = &widths[i];
            }
            if (total <= width || widest == nullptr)
                return;
            --*widest;
        }
    }
};

std::string line(const Row& row, const Columns& shape, const Screen& screen)
{
    std::string out;
    std::size_t left = screen.width.value_or(std::string::npos);
    std::size_t owed = 0;  // blanks before the next text: none at the end of a line
    for (std::size_t i = 0; i < row.size() && owed < left; ++i) {
        const std::string text = terminal::cut(row[i].text, std::min(shape.widths[i], left - owed));
        if (!text.empty()) {
            out.append(owed, ' ');
            left -= owed + terminal::columns(text);
            owed = 0;
            const bool colored = screen.color && *row[i].style != '\0';
            out += colored ? fmt::format("\x1b[{}m{}\x1b[0m", row[i].style, text) : text;
        }
        if (shape.widths[i] > 0)
            owed += shape.widths[i] - terminal::columns(text) + k_gap;
    }
    return out + '\n';
}

std::string bar(std::int64_t part, std::int64_t whole)
{
    // Rounded up: something is never shown as nothing; but only what is full is shown as full.
    const auto marks = static_cast<std::int64_t>(k_bar);
    std::int64_t filled = whole <= 0 ? 0 : std::clamp<std::int64_t>((part * marks + whole - 1) / whole, 0, marks);
    if (filled == marks && part < whole)
        --filled;
    return fmt::format("[{:.<{}}]", std::string(static_cast<std::size_t>(filled), '#'), k_bar);
}

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
            {terminal::visible(h.host), k_plain, true},
            {terminal::visible(h.pid)},
            {terminal::visible(h.command), k_plain, true},
            {"since " + base::readable(h.held)},
            {end_of(h)},
            {h.weight == 1 ? "" : fmt::format("weight {}", h.weight)}};
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

std::string table(const Report& report, const Screen& screen)
{
    Columns limiters;
    Columns holders;
    std::vector<Lines> all;
    for (const LimiterReport& one : report.limiters) {
        all.push_back(lines_of(one));
        limiters.add(all.back().limiter);
        for (const Row& row : all.back().holders)
            holders.add(row);
    }
    if (screen.width) {
        limiters.fit(*screen.width);
        holders.fit(*screen.width);
    }
    std::string out;
    for (const Lines& lines : all) {
        out += line(lines.limiter, limiters, screen);
        for (const Row& row : lines.holders)
            out += line(row, holders, screen);
    }
    return out;
}

}  // namespace commands
