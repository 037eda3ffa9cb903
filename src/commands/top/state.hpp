// What the live screen shows, and what a key changes in it: no terminal and no server is known here.
//
//             Enter              p, r, f           y, Enter
//     list ─────────▶ one limiter ───▶ a question ─────────▶ an Order for the server
//       ▲    Escape       │  ▲              │ any other key
//       └─────────────────┘  └──────────────┘
//
// p and r ask from the list too, of the limiter that is selected, and go back to it.
#pragma once

#include "base/clock.hpp"
#include "commands/status/report.hpp"
#include "commands/top/rates.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commands {

// What the user wants done, after a question that was answered.
struct Order {
    enum class Verb { pause, resume, free };

    Verb verb;
    limiter::LimiterName limiter;
    std::optional<base::Micros> span{};  // of a pause; nothing: as long as one can last
    std::string holder{};                // whose slot is freed: the id
};

// A question in the last line of the screen.
struct Question {
    enum class Answer { yes_or_no, duration };

    std::string text;
    Answer answer;
    Order order;          // what follows, if the answer is not no
    std::string typed{};  // of a duration, so far
};

class TopState {
public:
    // What was found at this moment, and what went wrong with that, if anything did: limiters by use, the busiest
    // first.
    void found(std::vector<LimiterReport> limiters, std::string trouble, base::Micros now);

    // Nothing could be found out: what was found last stays.
    void found_nothing(std::string trouble) { m_trouble = std::move(trouble); }

    // What came of a key: it stands in the last line until the next key.
    void tell(std::string text) { m_told = std::move(text); }

    // A key of terminal/full_screen. The order that it completes, if it does.
    std::optional<Order> press(int key);

    [[nodiscard]] bool over() const { return m_over; }
    [[nodiscard]] const std::vector<LimiterReport>& limiters() const { return m_limiters; }
    [[nodiscard]] const Rates& rates() const { return m_rates; }
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
    std::optional<Order> answer_with_duration(int key);

    std::vector<LimiterReport> m_limiters;
    Rates m_rates;
    std::optional<limiter::LimiterName> m_selected;  // a name, not a row: rows change their places as use changes
    std::string m_holder;                            // the id of the selected one
    bool m_is_open = false;
    bool m_over = false;
    std::optional<Question> m_question;
    std::string m_told;
    std::string m_trouble;  // of the last look
};

}  // namespace commands
