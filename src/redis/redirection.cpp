#include "redis/redirection.hpp"

#include <charconv>

namespace redis {

std::optional<Node> redirected_to(std::string_view text, const Node& from)
{
    const std::string_view address = text.substr(text.rfind(' ') + 1);
    const std::size_t colon = address.rfind(':');
    Node node = from;
    if (colon == std::string_view::npos)
        return std::nullopt;
    if (colon != 0)
        node.host = address.substr(0, colon);
    const auto [end, error] = std::from_chars(address.data() + colon + 1, address.data() + address.size(), node.port);
    return error == std::errc{} && !node.host.empty() ? std::optional(node) : std::nullopt;
}

}  // namespace redis
