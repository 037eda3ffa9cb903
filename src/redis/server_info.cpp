#include "redis/server_info.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <map>

namespace redis {

namespace {

constexpr std::int64_t k_last_second = 9007199254;  // what a script could tell in µs; the year 2255

std::int64_t number(std::string_view text)
{
    return base::leading_number<std::int64_t>(text).value_or(0);
}

// Lines of name:value between headings.
class Fields {
public:
    explicit Fields(std::string_view text)
    {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find("\r\n"), text.size());
            const std::string_view line = text.substr(0, end);
            if (const std::size_t colon = line.find(':'); colon != std::string_view::npos)
                m_values.emplace(line.substr(0, colon), line.substr(colon + 1));
            text.remove_prefix(std::min(end + 2, text.size()));
        }
    }

    [[nodiscard]] std::string text(std::string_view name) const
    {
        const auto found = m_values.find(name);
        return found == m_values.end() ? std::string() : std::string(found->second);
    }

private:
    std::map<std::string_view, std::string_view> m_values;
};

}  // namespace

Request info(std::string subject)
{
    return {std::move(subject), {"INFO"}, 0, nullptr, 0, k_any_error};
}

ServerInfo server_info(const Reply& reply)
{
    const Fields fields(reply.text());
    ServerInfo info;
    // Valkey gives a Redis version too, of the Redis that it can stand in for.
    const std::string valkey = fields.text("valkey_version");
    info.product = valkey.empty() ? "Redis" : "Valkey";
    info.version = valkey.empty() ? fields.text("redis_version") : valkey;
    info.pid = fields.text("process_id");
    info.mode = fields.text("redis_mode") + (fields.text("redis_mode").empty() ? fields.text("server_mode") : "");
    info.role = fields.text("role");
    if (const std::string host = fields.text("master_host"); !host.empty())
        info.master = Node{host, static_cast<std::uint16_t>(number(fields.text("master_port"))), {}}.display();
    info.master_reached = fields.text("master_link_status") == "up";
    info.replicas = number(fields.text("connected_slaves"));
    info.loading = fields.text("loading") == "1";
    info.append_only = fields.text("aof_enabled") == "1";
    info.save_failed = fields.text("rdb_last_bgsave_status") == "err" || fields.text("aof_last_write_status") == "err";
    info.eviction_policy = fields.text("maxmemory_policy");
    info.memory_used = number(fields.text("used_memory"));
    info.memory_limit = number(fields.text("maxmemory"));
    return info;
}

bool older_than(const std::string& version, const std::array<int, 2>& other)
{
    const std::int64_t major = number(version);
    const std::size_t dot = version.find('.');
    const std::int64_t minor = dot == std::string::npos ? 0 : number(std::string_view(version).substr(dot + 1));
    return major != other[0] ? major < other[0] : minor < other[1];
}

Request time(std::string subject)
{
    return {std::move(subject), {"TIME"}, 0, nullptr, 0, k_any_error};
}

base::Micros server_time(const Reply& reply)
{
    const std::chrono::seconds seconds(std::clamp<std::int64_t>(number(reply.text_at(0)), 0, k_last_second));
    return seconds + base::Micros(std::clamp<std::int64_t>(number(reply.text_at(1)), 0, 999999));
}

}  // namespace redis
