#include "terminal/text.hpp"
#include "commands/doctor/report.hpp"

#include <fmt/format.h>

namespace commands {

namespace {

using base::ExitCode;

constexpr const char* k_line = "{:<8} {}\n";

std::string role(const redis::ServerInfo& info)
{
    if (info.role == "slave")
        return fmt::format("replica of {}", info.master);
    if (info.replicas == 0)
        return fmt::format("{} without replicas", info.role);
    return fmt::format("{} with {} replica{}", info.role, info.replicas, info.replicas == 1 ? "" : "s");
}

std::string described(const NodeReport& node)
{
    const redis::ServerInfo& info = node.info;
    const auto milliseconds = [](base::Micros span) { return static_cast<double>(span.count()) / 1000; };
    std::string text = fmt::format("{}: {} {}, {}", node.address, info.product, info.version, info.mode);
    const bool keeps_keys = !info.role.empty();  // a sentinel has no role, and no keys
    if (keeps_keys)
        text += ", " + role(info);
    text += fmt::format(", round trip {:.2f} ms, clock {:+.1f} ms", milliseconds(node.round_trip),
                        milliseconds(node.clock_ahead));
    if (keeps_keys)
        text += fmt::format(", {}, append-only file {}", info.eviction_policy, info.append_only ? "on" : "off");
    return text;
}

}  // namespace

std::string doctor_text(const DoctorReport& report)
{
    std::string out;
    const auto add = [&out](const char* kind, const std::string& text) {
        out += fmt::format(k_line, kind, terminal::visible(text));
    };
    for (const SettingLine& s : report.settings)
        add("setting", fmt::format("{} = {} ({})", s.name, s.value, s.source));
    for (const NodeReport& node : report.nodes)
        add("server", described(node));
    for (const Finding& finding : report.findings)
        add(finding.code == ExitCode::ok ? "note" : "problem", fmt::format("{}: {}", finding.where, finding.text));
    add("result", report.exit_code() == ExitCode::ok ? "limits hold here" : "limits do not hold here");
    return out;
}

}  // namespace commands
