#include "limiter/orders.hpp"

#include "base/duration.hpp"
#include "base/number.hpp"
#include "base/printable.hpp"
#include "limiter/scripts.hpp"

#include <array>

namespace limiter {

namespace {

constexpr std::size_t k_values = 5;  // of an order, as a script tells of it

// 5, or of a bucket 5/1/1000000.
Most most_of(std::string_view count)
{
    std::array<std::int64_t, 3> numbers{};
    for (std::int64_t& number : numbers) {
        const std::size_t slash = count.find('/');
        number = base::whole_number<std::int64_t>(count.substr(0, slash)).value_or(0);
        count.remove_prefix(slash == std::string_view::npos ? count.size() : slash + 1);
    }
    return {numbers[0], numbers[1], base::Micros(numbers[2])};
}

std::string count_of(const NewOrder& order, Kind kind)
{
    if (order.kind == OrderKind::pause)
        return "0";
    if (kind == Kind::semaphore)
        return std::to_string(order.most.capacity);
    return fmt::format("{}/{}/{}", order.most.capacity, order.most.amount, order.most.frequency.count());
}

std::optional<Order> order_at(const redis::Reply& told, std::size_t at)
{
    if (told.integer_at(at) == 0)
        return std::nullopt;
    const std::string_view by = told.text_at(at + 4);
    const std::size_t blank = std::min(by.find(' '), by.size());
    return Order{most_of(told.text_at(at + 1)), base::Micros(told.integer_at(at + 2)),
                 base::Micros(told.integer_at(at + 3)), base::printable(by.substr(0, blank)),
                 base::printable(by.substr(std::min(blank + 1, by.size())))};
}

Orders read_orders(const redis::Reply& told)
{
    return {order_at(told, 0), order_at(told, k_values)};
}

}  // namespace

std::string Order::described() const
{
    return fmt::format("until {} by {}{}{}", base::time_of_day_in(left), by, why.empty() ? "" : ": ", why);
}

Orders orders_at(const redis::Reply& reply, std::size_t index)
{
    return reply.size() > index ? read_orders(reply.at(index)) : Orders{};
}

redis::Request order(const std::string& prefix, const LimiterName& limiter, const NewOrder& order)
{
    const bool is_semaphore = limiter.kind == Kind::semaphore;
    return redis::script_request(
        limiter.subject(), is_semaphore ? scripts::semaphore_order : scripts::bucket_order,
        is_semaphore ? semaphore_keys(prefix, limiter.name) : std::vector{bucket_key(prefix, limiter.name)},
        {"", order.kind == OrderKind::limit ? "limit" : "pause", std::to_string(order.span.count()),
         count_of(order, limiter.kind), order.by + " " + order.why},
        1);
}

Ordered ordered(const redis::Reply& reply)
{
    return {reply.integer_at(0) == 1, orders_at(reply, 1)};
}

}  // namespace limiter
