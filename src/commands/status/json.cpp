#include "base/number.hpp"
#include "commands/status/report.hpp"
#include "limiter/lease_id.hpp"

#include <nlohmann/json.hpp>

namespace commands {

namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text)
{
    return text.empty() ? Json() : Json(text);
}

Json pid_or_null(const std::string& text)
{
    const auto pid = base::whole_number<std::int64_t>(text);
    return pid ? Json(*pid) : Json();
}

Json slots_or_null(std::string_view names)
{
    Json slots;
    while (!names.empty()) {
        const std::string_view name = names.substr(0, names.find(','));
        slots.push_back(name);
        names.remove_prefix(std::min(name.size() + 1, names.size()));
    }
    return slots;
}

Json holder(const limiter::Holder& h, const std::string& name, const Report& report)
{
    return {{"id", h.id},
            {"lease", limiter::lease_id(name, h.id, report.server, report.key_prefix)},
            {"host", text_or_null(h.who.host)},
            {"pid", pid_or_null(h.who.pid)},
            {"command", text_or_null(h.who.command)},
            {"label", text_or_null(h.who.label)},
            {"weight", h.weight},
            {"slots", slots_or_null(h.slots)},
            {"held_us", h.held.count()},
            {"expires_in_us", h.expires_in.count()},
            {"released", h.released}};
}

Json order(const std::optional<limiter::Order>& order)
{
    if (!order)
        return {};
    return {{"by", order->by},
            {"reason", text_or_null(order->why)},
            {"since_us", order->age.count()},
            {"ends_in_us", order->left.count()}};
}

Json semaphore_limit(const std::optional<limiter::Order>& limit)
{
    Json json = order(limit);
    if (limit)
        json["capacity"] = limit->most.capacity;
    return json;
}

Json bucket_limit(const std::optional<limiter::Order>& limit)
{
    Json json = semaphore_limit(limit);
    if (limit) {
        json["refill_amount"] = limit->most.amount;
        json["refill_every_us"] = limit->most.frequency.count();
    }
    return json;
}

Json waiter(const limiter::Waiter& w, std::size_t place)
{
    return {{"place", place},
            {"id", w.id},
            {"host", text_or_null(w.who.host)},
            {"pid", pid_or_null(w.who.pid)},
            {"command", text_or_null(w.who.command)},
            {"label", text_or_null(w.who.label)},
            {"weight", w.weight},
            {"waited_us", w.waited.count()}};
}

Json counters(const limiter::SemaphoreCounters& c)
{
    return {{"granted", c.granted},
            {"waits", c.waits},
            {"waited_us", c.waited.count()},
            {"held_us", c.held.count()},
            {"refused", c.refused},
            {"expired", c.expired},
            {"lost", c.lost},
            {"superseded", c.superseded}};
}

struct ToJson {
    const std::string& name;
    const Report& report;

    Json operator()(const limiter::SemaphoreStatus& s) const
    {
        Json holders = Json::array();
        for (const limiter::Holder& h : s.holders)
            holders.push_back(holder(h, name, report));
        Json waiting = Json::array();
        for (std::size_t i = 0; i < s.waiting.size(); ++i)
            waiting.push_back(waiter(s.waiting[i], i + 1));
        return {{"kind", "sem"},
                {"name", name},
                {"capacity", s.capacity},
                {"used", s.used},
                {"waiters", s.waiters},
                {"settling_us", s.settling.count()},
                {"limit", semaphore_limit(s.orders.limit)},
                {"pause", order(s.orders.pause)},
                {"holders", std::move(holders)},
                {"waiting", std::move(waiting)},
                {"counters", counters(s.counters)}};
    }

    Json operator()(const limiter::BucketStatus& b) const
    {
        return {{"kind", "bucket"},
                {"name", name},
                {"capacity", b.capacity},
                {"tokens", b.level},
                {"refill_amount", b.amount},
                {"refill_every_us", b.frequency.count()},
                {"next_refill_us", b.next_refill.count()},
                {"next_token_us", b.next_token.count()},
                {"limit", bucket_limit(b.orders.limit)},
                {"pause", order(b.orders.pause)},
                {"counters",
                 {{"granted_tokens", b.granted}, {"returned_tokens", b.returned}, {"waited_us", b.waited.count()}}}};
    }

    Json operator()(const Broken& /*broken*/) const { return {}; }
};

}  // namespace

std::string json(const Report& report)
{
    Json limiters = Json::array();
    for (const LimiterReport& one : report.limiters)
        if (!std::holds_alternative<Broken>(one.status))
            limiters.push_back(std::visit(ToJson{one.limiter.name, report}, one.status));
    const Json whole{{"server", report.server}, {"key_prefix", report.key_prefix}, {"limiters", std::move(limiters)}};
    // Names may hold any bytes, JSON may not: those that are no UTF-8 become U+FFFD.
    return whole.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace commands
