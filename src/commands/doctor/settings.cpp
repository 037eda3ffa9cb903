#include "commands/doctor/report.hpp"
#include "options/setting_table.hpp"

namespace commands {

namespace {

// "/etc/limiters.toml:1: redis" names the setting for messages; a line begins with it already.
std::string place(const options::Source& source, std::string_view setting)
{
    const std::string end = fmt::format(": {}", setting);
    return source.label.substr(0, source.label.size() - (source.label.ends_with(end) ? end.size() : 0));
}

void add(std::vector<SettingLine>& lines, const options::SettingInfo& setting, const options::SettingSources& sources,
         const options::Text& flag = {})
{
    const std::string name(setting.name);
    if (const auto found = sources.find(setting.name, flag))
        lines.push_back({name, found->text, place(found->source, setting.name)});
    else if (!setting.by_default.empty())
        lines.push_back({name, std::string(setting.by_default), "default"});
}

// Its type names the two values.
void require_valid(const options::SettingInfo& policy, const options::SettingSources& sources)
{
    const std::size_t bar = policy.type.find('|');
    static_cast<void>(sources.second_of(policy.name, policy.type.substr(0, bar), policy.type.substr(bar + 1)));
}

}  // namespace

std::vector<SettingLine> setting_lines(const options::SettingSources& sources, const redis::Server& server,
                                       const options::Text& replicas)
{
    std::vector<SettingLine> lines;
    for (const options::SettingInfo& setting : options::k_global_settings)
        add(lines, setting, sources);
    for (const options::SettingInfo& policy : options::k_policies) {
        require_valid(policy, sources);
        add(lines, policy, sources);
    }
    add(lines, options::k_replicas, sources, replicas);
    // Its text may hold a password.
    for (SettingLine& line : lines)
        if (line.name == "redis")
            line.value = server.display();
    return lines;
}

}  // namespace commands
