// What the live screen shows, and what a key changes in it: no terminal and no server is known here.
//
//             Enter                f             y
//     list ─────────▶ one limiter ───▶ a question ───▶ an Order for the server
//       ▲    Escape       │  ▲              │ any other key
//       └─────────────────┘  └──────────────┘
#pragma once

#include "commands/status/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commands {

// What the user wants done, after a question that was answered: this holder's slot is freed.
struct Order {
    limiter::LimiterName limiter;
    std::string holder;  // its id
};

// A question in the last line of the screen, to be answered with y or n.
struct Question {
    std::string text;
    Order order;  // what follows if the answer is yes
};

class TopState {
public:
    // What was found now, and what went wrong with that, if anything did: limiters by use, the busiest first.
    void found(std::vector<LimiterReport> limiters, std::string trouble);

    // Nothing could be found out: what was found last stays.
    void found_nothing(std::string trouble) { m_trouble = std::move(trouble); }

    // What came of a key: it stands in the last line until the next key.
    void tell(std::string text) { m_told = std::move(text); }

    // A key of terminal/full_screen. The order that it completes, if it does.
    std::optional<Order> press(int key);

    [[nodiscard]] bool over() const { return m_over; }
    [[nodiscard]] const std::vector<LimiterReport>& limiters() const { return m_limiters; }
    [[nodiscard]] const std::optional<Question>& question() const { return m_question; }

    // What the last line says, if no question stands there; nothing: which keys there are.
    [[nodiscard]] const std::string& told() const { return m_told.empty() ? m_trouble : m_told; }

    // The limiter that is opened; nothing: the list is shown. One that has gone meanwhile is none.
    [[nodiscard]] const LimiterReport* opened() const { return m_is_open ? selected() : nullptr; }

    // The line that is selected: in the list a limiter, in one limiter a holder.
    [[nodiscard]] std::size_t selected_row() const;
    [[nodiscard]] const LimiterReport* selected() const;

private:
    [[nodiscard]] const limiter::Holder* selected_holder() const;
    void move(std::int64_t rows);
    void ask(int key);
    std::optional<Order> answer(int key);

    std::vector<LimiterReport> m_limiters;
    std::optional<limiter::LimiterName> m_selected;  // a name, not a row: rows change their places as use changes
    std::string m_holder;                            // the id of the selected one
    bool m_is_open = false;
    bool m_over = false;
    std::optional<Question> m_question;
    std::string m_told;
    std::string m_trouble;  // of the last look
};

}  // namespace commands
