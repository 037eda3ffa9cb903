#include "commands/doctor/findings.hpp"
#include "redis/fault.hpp"

namespace commands {

namespace {

using base::ExitCode;
using redis::Fault;

bool matters(limiter::Need need, const Way& way)
{
    switch (need) {
    case limiter::Need::limits: return true;
    case limiter::Need::report: return false;
    case limiter::Need::database: return way.database;
    case limiter::Need::sentinel: return way.sentinel;
    case limiter::Need::cluster: return way.cluster;
    }
    return true;
}

std::string advice(const std::vector<std::string>& rules, const std::string& user)
{
    return fmt::format("ACL SETUSER {} {}", user, fmt::join(rules, " "));
}

bool is(const redis::Reply& reply, Fault fault)
{
    return reply.is_error() && redis::classify(reply.text()) == fault;
}

}  // namespace

std::vector<Finding> findings_about(const std::vector<Probed>& probes, const Way& way, const NodeReport& node,
                                    const std::string& user)
{
    std::vector<Finding> out;
    std::vector<std::string> missing;
    std::vector<std::string> missing_for_status;
    std::string trouble;
    // EVAL is asked for with a key and without: refused with it alone, the keys are missing, and all that is asked
    // about a key is refused with them.
    const bool no_keys = is(probes[0].reply, Fault::refused) && !is(probes[1].reply, Fault::refused);
    for (const auto& [right, reply] : probes) {
        if (is(reply, Fault::refused) && !(no_keys && right.about_key)) {
            if (matters(right.need, way))
                missing.push_back(right.rule);
            else if (right.need == limiter::Need::report && (way.cluster || right.rule == "+scan"))
                missing_for_status.push_back(right.rule);
        } else if (reply.is_error() && reply.text().starts_with("ERR unknown command")) {
            const std::string text =
                fmt::format("it answered: {}; use a server that has the command", redis::plain(reply.text()));
            if (out.empty() || out.back().text != text)  // EVAL is asked for twice
                out.push_back({ExitCode::internal, node.address, text});
        } else if (is(reply, Fault::retry) || is(reply, Fault::reconnect)) {
            trouble = redis::plain(reply.text());
        }
    }
    if (!missing.empty())
        out.push_back({ExitCode::refused, node.address, fmt::format("rights are missing: {}", advice(missing, user))});
    if (!missing_for_status.empty())
        out.push_back(
            {ExitCode::ok, node.address,
             fmt::format("rights that limiters status needs are missing: {}", advice(missing_for_status, user))});
    if (!trouble.empty() && !node.info.loading && node.info.role != "slave")
        out.push_back({ExitCode::unavailable, node.address,
                       fmt::format("it serves no limits now: {}; see to that, and ask again", trouble)});
    return out;
}

}  // namespace commands
