#include "options/setting_sources.hpp"

#include "options/setting_table.hpp"

#include <cstdlib>

namespace options {

namespace {

using base::ExitCode;

std::optional<std::string> from_environment(std::string_view setting)
{
    const char* value = std::getenv(variable_of(setting).c_str());
    return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

Text config_name(const GlobalOptions& options)
{
    return options.config ? options.config : from_environment("config");
}

}  // namespace

std::string variable_of(std::string_view setting)
{
    std::string variable = "LIMITERS_";
    for (const char c : setting)
        variable += c == '-' ? '_' : static_cast<char>(c & ~0x20);
    return variable;
}

SettingSources::SettingSources(GlobalOptions options)
    : m_options(std::move(options)), m_files(read_config_files(config_name(m_options)))
{
}

std::optional<FoundSetting> SettingSources::find(std::string_view setting, const Text& flag) const
{
    const auto given = m_options.values.find(setting);
    if (flag || given != m_options.values.end())
        return FoundSetting{{fmt::format("--{}", setting)}, flag ? *flag : given->second};
    if (auto text = from_environment(setting))
        return FoundSetting{{variable_of(setting), ExitCode::config}, std::move(*text)};
    for (const ConfigFile& file : m_files)
        if (const auto value = file.values.find(setting); value != file.values.end())
            return FoundSetting{{fmt::format("{}: {}", value->second.place, setting), ExitCode::config},
                                value->second.text,
                                file.open_to_others};
    return std::nullopt;
}

bool SettingSources::second_of(std::string_view setting, std::string_view first, std::string_view second,
                               const Text& flag) const
{
    const auto found = find(setting, flag);
    return found && options::second_of(found->source, found->text, first, second);
}

}  // namespace options
