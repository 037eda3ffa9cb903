#include "redis/redirection.hpp"

#include "base/number.hpp"

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
    const auto port = base::leading_number<std::uint16_t>(address.substr(colon + 1));
    if (!port || node.host.empty())
        return std::nullopt;
    node.port = *port;
    return node;
}

}  // namespace redis
