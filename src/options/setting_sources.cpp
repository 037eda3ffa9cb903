#include "options/setting_sources.hpp"

#include "options/flags.hpp"

#include <cstdlib>

namespace options {

namespace {

using base::ExitCode;

Text from_environment(const Flag& setting)
{
    const char* value = std::getenv(variable_of(setting).c_str());
    return value != nullptr && *value != '\0' ? Text(value) : std::nullopt;
}

Text config_name(const GlobalOptions& global)
{
    const Text given = global.text(k_config);
    return given ? given : from_environment(k_config);
}

}  // namespace

SettingSources::SettingSources(const GlobalOptions& global, const Given& own)
    : m_given(own), m_files(read_config_files(config_name(global)))
{
    m_given.add(global);
}

std::optional<FoundSetting> SettingSources::find(const Flag& setting) const
{
    if (auto text = m_given.text(setting))
        return FoundSetting{{label(setting)}, std::move(*text)};
    if (auto text = from_environment(setting))
        return FoundSetting{{variable_of(setting), ExitCode::config}, std::move(*text)};
    for (const ConfigFile& file : m_files)
        if (const auto value = file.values.find(setting.name); value != file.values.end())
            return FoundSetting{{fmt::format("{}: {}", value->second.place, setting.name), ExitCode::config},
                                value->second.text,
                                file.open_to_others};
    return std::nullopt;
}

std::int64_t SettingSources::number(const Flag& setting) const
{
    const FoundSetting found = found_or_default(setting);
    return whole_number(found.source, found.text, setting.low, setting.high);
}

base::Micros SettingSources::duration(const Flag& setting) const
{
    const FoundSetting found = found_or_default(setting);
    return options::duration(found.source, found.text, base::Micros(setting.low), base::Micros(setting.high));
}

bool SettingSources::second_of(const Flag& setting) const
{
    const auto found = find(setting);
    return found && options::second_of(found->source, found->text, setting);
}

FoundSetting SettingSources::found_or_default(const Flag& setting) const
{
    auto found = find(setting);
    return found ? std::move(*found) : FoundSetting{{label(setting)}, std::string(setting.by_default)};
}

}  // namespace options
