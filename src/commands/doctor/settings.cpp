#include "commands/doctor/report.hpp"
#include "options/flags.hpp"

namespace commands {

namespace {

// "/etc/limiters.toml:1: redis" names the setting for messages; a line begins with it already.
std::string place(const options::Source& source, std::string_view setting)
{
    const std::string end = fmt::format(": {}", setting);
    return source.label.substr(0, source.label.size() - (source.label.ends_with(end) ? end.size() : 0));
}

void add(std::vector<SettingLine>& lines, const options::Flag& setting, const options::SettingSources& sources)
{
    const std::string name(setting.name);
    if (const auto found = sources.find(setting))
        lines.push_back({name, found->text, place(found->source, setting.name)});
    else if (!setting.by_default.empty())
        lines.push_back({name, std::string(setting.by_default), "default"});
}

}  // namespace

std::vector<SettingLine> setting_lines(const options::SettingSources& sources, const redis::Server& server)
{
    std::vector<SettingLine> lines;
    for (const options::Flag* flag : options::k_flags) {
        if (flag->from != options::From::file)
            continue;
        if (flag->type == options::Type::choice)
            static_cast<void>(sources.second_of(*flag));  // throws, if it is bad
        add(lines, *flag, sources);
    }
    // The text of this setting may hold a password.
    for (SettingLine& line : lines)
        if (line.name == options::k_redis.name)
            line.value = server.display();
    return lines;
}

}  // namespace commands
