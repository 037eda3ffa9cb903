#include "redis/sentinel.hpp"

#include "base/advice.hpp"
#include "base/number.hpp"
#include "redis/fault.hpp"
#include "redis/unavailable.hpp"

namespace redis {

namespace {

[[noreturn]] void reject(std::string_view error)
{
    switch (classify(error)) {
    case Fault::retry:
    case Fault::reconnect: throw CannotServe(plain(error));
    case Fault::refused:
        throw Rejected(base::ExitCode::refused,
                       fmt::format("refused: {}; {}", plain(error),
                                   wants_login(error) ? base::advice(base::Advice::log_in_to_sentinel)
                                                      : "let this user ask SENTINEL GET-MASTER-ADDR-BY-NAME"));
    default:
        throw Rejected(
            base::ExitCode::internal,
            fmt::format("answered: {}; is it a sentinel? A plain server is redis://HOST:PORT", plain(error)));
    }
}

}  // namespace

std::vector<std::string> master_question(const std::string& service)
{
    return {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", service};
}

std::optional<Node> named_master(const Reply& reply)
{
    if (reply.is_error())
        reject(reply.text());
    const auto port = base::leading_number<std::uint16_t>(reply.text_at(1));
    if (!port || reply.text_at(0).empty())
        return std::nullopt;
    return Node{std::string(reply.text_at(0)), *port, {}};
}

}  // namespace redis
