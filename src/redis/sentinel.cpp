#include "redis/sentinel.hpp"

#include "base/advice.hpp"
#include "redis/fault.hpp"
#include "redis/unavailable.hpp"

#include <charconv>

namespace redis {

namespace {

[[noreturn]] void reject(std::string_view error)
{
    switch (classify(error)) {
    case Fault::retry:
    case Fault::reconnect: throw CannotServe(plain(error));
    case Fault::refused:
        throw Rejected(base::ExitCode::refused,
                       fmt::format("refused: {}; {}", error,
                                   wants_login(error) ? base::advice(base::Advice::log_in_to_sentinel)
                                                      : "let this user ask SENTINEL GET-MASTER-ADDR-BY-NAME"));
    default:
        throw Rejected(base::ExitCode::internal,
                       fmt::format("answered: {}; is it a sentinel? A plain server is redis://HOST:PORT", error));
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
    const std::string_view port = reply.text_at(1);
    Node master;
    master.host = reply.text_at(0);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), master.port);
    return error == std::errc{} && !master.host.empty() ? std::optional(master) : std::nullopt;
}

}  // namespace redis
