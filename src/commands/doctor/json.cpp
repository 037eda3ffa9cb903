#include "commands/doctor/report.hpp"

#include <nlohmann/json.hpp>

namespace commands {

namespace {

using base::ExitCode;
using Json = nlohmann::ordered_json;

Json node_json(const NodeReport& node)
{
    const redis::ServerInfo& info = node.info;
    return {{"address", node.address},
            {"product", info.product},
            {"version", info.version},
            {"mode", info.mode},
            {"role", info.role == "slave" ? "replica" : info.role},
            {"master", info.master.empty() ? Json() : Json(info.master)},
            {"replicas", info.replicas},
            {"round_trip_us", node.round_trip.count()},
            {"clock_ahead_us", node.clock_ahead.count()},
            {"eviction_policy", info.eviction_policy},
            {"append_only", info.append_only}};
}

}  // namespace

std::string doctor_json(const DoctorReport& report)
{
    Json settings = Json::array();
    for (const SettingLine& s : report.settings)
        settings.push_back({{"name", s.name}, {"value", s.value}, {"source", s.source}});
    Json nodes = Json::array();
    for (const NodeReport& node : report.nodes)
        nodes.push_back(node_json(node));
    Json findings = Json::array();
    for (const Finding& f : report.findings)
        findings.push_back({{"severity", f.code == ExitCode::ok ? "note" : "problem"},
                            {"exit_code", base::number_of(f.code)},
                            {"where", f.where},
                            {"text", f.text}});
    const Json whole{{"server", report.server},
                     {"limits_hold", report.exit_code() == ExitCode::ok},
                     {"settings", std::move(settings)},
                     {"nodes", std::move(nodes)},
                     {"findings", std::move(findings)}};
    return whole.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace commands
