#include "commands/top/state.hpp"

#include "base/duration.hpp"
#include "terminal/full_screen.hpp"

#include <fmt/format.h>

namespace commands {

namespace {

namespace key = terminal::key;

constexpr std::int64_t k_page = 10;

// How much of the limiter is in use: what waits counts more than what is held.
double use(const LimiterReport& report)
{
    if (const auto* s = std::get_if<limiter::SemaphoreStatus>(&report.status))
        return static_cast<double>(s->used + s->waiters) / static_cast<double>(std::max<std::int64_t>(s->capacity, 1));
    if (const auto* b = std::get_if<limiter::BucketStatus>(&report.status))
        return static_cast<double>(b->capacity - b->level) /
               static_cast<double>(std::max<std::int64_t>(b->capacity, 1));
    return 0;  // a broken key
}

}  // namespace

void TopState::found(std::vector<LimiterReport> limiters, std::string trouble, base::Micros now)
{
    m_trouble = std::move(trouble);
    m_rates.add(limiters, now);
    std::stable_sort(limiters.begin(), limiters.end(),
                     [](const LimiterReport& a, const LimiterReport& b) { return use(a) > use(b); });
    m_limiters = std::move(limiters);
    if (selected() == nullptr) {
        m_is_open = false;
        m_selected = m_limiters.empty() ? std::nullopt : std::optional(m_limiters.front().limiter);
    }
}

const LimiterReport* TopState::selected() const
{
    const auto found = std::find_if(m_limiters.begin(), m_limiters.end(),
                                    [this](const LimiterReport& one) { return one.limiter == m_selected; });
    return found != m_limiters.end() ? &*found : nullptr;
}

const limiter::Holder* TopState::selected_holder() const
{
    const LimiterReport* report = opened();
    const auto* status = report != nullptr ? std::get_if<limiter::SemaphoreStatus>(&report->status) : nullptr;
    if (status == nullptr || status->holders.empty())
        return nullptr;
    const auto found = std::find_if(status->holders.begin(), status->holders.end(),
                                    [this](const limiter::Holder& h) { return h.id == m_holder; });
    return found != status->holders.end() ? &*found : &status->holders.front();
}

std::size_t TopState::selected_row() const
{
    if (const LimiterReport* report = opened()) {
        const limiter::Holder* holder = selected_holder();
        if (holder == nullptr)
            return 0;
        return static_cast<std::size_t>(holder - std::get<limiter::SemaphoreStatus>(report->status).holders.data());
    }
    const LimiterReport* report = selected();
    return report != nullptr ? static_cast<std::size_t>(report - m_limiters.data()) : 0;
}

void TopState::move(std::int64_t rows)
{
    const LimiterReport* report = opened();
    const auto* status = report != nullptr ? std::get_if<limiter::SemaphoreStatus>(&report->status) : nullptr;
    const auto count = static_cast<std::int64_t>(report == nullptr   ? m_limiters.size()
                                                 : status != nullptr ? status->holders.size()
                                                                     : 0);
    if (count == 0)
        return;
    const auto row = static_cast<std::size_t>(
        std::clamp<std::int64_t>(static_cast<std::int64_t>(selected_row()) + rows, 0, count - 1));
    if (report == nullptr)
        m_selected = m_limiters[row].limiter;
    else
        m_holder = status->holders[row].id;
}

std::optional<Order> TopState::press(int key)
{
    m_told.clear();
    if (m_question)
        return answer(key);
    switch (key) {
    case 'q': m_over = true; break;
    case 'k':
    case key::up: move(-1); break;
    case 'j':
    case key::down: move(1); break;
    case key::page_up: move(-k_page); break;
    case key::page_down: move(k_page); break;
    case key::enter: m_is_open = selected() != nullptr; break;
    case key::escape: m_is_open = false; break;
    default: ask(key);
    }
    return std::nullopt;
}

void TopState::ask(int key)
{
    const LimiterReport* report = selected();
    if (report == nullptr)
        return;
    const limiter::LimiterName& limiter = report->limiter;
    using Verb = Order::Verb;
    using Answer = Question::Answer;
    switch (key) {
    case 'p':
        m_question = Question{
            fmt::format("Pause {} for how long ({})?", limiter.subject(),
                        limiter.kind == limiter::Kind::bucket ? "such as 30s" : "nothing: until it is resumed"),
            Answer::duration,
            {Verb::pause, limiter}};
        break;
    case 'r':
        m_question =
            Question{fmt::format("Resume {}? [y/N]", limiter.subject()), Answer::yes_or_no, {Verb::resume, limiter}};
        break;
    case 'f':
        if (const limiter::Holder* holder = selected_holder())
            m_question =
                Question{fmt::format("Free the slot of {}? Its command is stopped. [y/N]",
                                     limiter::readable({holder->who.host, holder->who.pid, holder->who.command, {}})),
                         Answer::yes_or_no,
                         {Verb::free, limiter, {}, holder->id}};
        else
            tell("open a semaphore and select the holder to be freed");
        break;
    default: break;
    }
}

std::optional<Order> TopState::answer(int key)
{
    if (m_question->answer == Question::Answer::duration)
        return answer_with_duration(key);
    const Question asked = std::move(*m_question);
    m_question.reset();
    return key == 'y' || key == 'Y' ? std::optional(asked.order) : std::nullopt;
}

std::optional<Order> TopState::answer_with_duration(int key)
{
    std::string& typed = m_question->typed;
    if (key >= ' ' && key < key::erase) {
        typed += static_cast<char>(key);
        return std::nullopt;
    }
    if (key == key::erase) {
        if (!typed.empty())
            typed.pop_back();
        return std::nullopt;
    }
    const Question asked = std::move(*m_question);
    m_question.reset();
    if (key != key::enter)
        return std::nullopt;
    Order order = asked.order;
    order.span = base::parse_duration(asked.typed);
    const bool may_be_left_out = order.limiter.kind == limiter::Kind::semaphore;
    if (order.span > base::Micros::zero() || (asked.typed.empty() && may_be_left_out))
        return order;
    tell(fmt::format("'{}' is no duration such as 30s, 5m or 2h", asked.typed));
    return std::nullopt;
}

}  // namespace commands
