#include "redis/sentinel.hpp"

#include <charconv>

namespace redis {

std::vector<std::string> master_question(const std::string& service)
{
    return {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", service};
}

std::optional<Node> named_master(const Reply& reply)
{
    const std::string_view port = reply.text_at(1);
    Node master;
    master.host = reply.text_at(0);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), master.port);
    return error == std::errc{} && !master.host.empty() ? std::optional(master) : std::nullopt;
}

}  // namespace redis
