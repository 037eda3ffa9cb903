#include "options/config_file.hpp"

#include "base/error.hpp"
#include "options/flags.hpp"
#include "options/nearest.hpp"
#include "options/read_text.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <stdexcept>

// toml++ 3.3 asserts what some files break, such as one that holds "[`]": that must not end in abort(3), nor, with
// NDEBUG, in what no standard defines.
[[noreturn]] static void give_up()
{
    throw std::logic_error("this is no TOML");
}

#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void() : give_up())
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace options {

namespace {

using base::Error;
using base::ExitCode;

constexpr const char* k_system_file = "/etc/limiters.toml";

const Flag& known_setting(std::string_view key, const std::string& place)
{
    std::vector<std::string_view> names;
    for (const Flag* flag : k_flags) {
        if (flag->from == From::file && flag->name == key)
            return *flag;
        if (flag->from == From::file)
            names.push_back(flag->name);
    }
    const std::string_view meant = nearest(key, names);
    throw Error(ExitCode::config, "{}: unknown key '{}': {}", place, key,
                !meant.empty() ? fmt::format("did you mean '{}'?", meant)
                               : "only options with a variable can stand here; see FILES in limiters(1)");
}

// true for a name is a slip, not the name '1'. 0 and 1 for a switch are the words of its variable.
std::string text_of(const toml::node& node, const Flag& setting, const std::string& place)
{
    const bool is_switch = setting.type == Type::on;
    const bool is_duration = setting.type == Type::duration;
    const bool is_number = setting.type == Type::number;
    if (const auto text = node.value_exact<std::string>())
        return *text;
    if (const auto flag = node.value_exact<bool>(); flag && is_switch)
        return *flag ? "1" : "0";
    if (const auto number = node.value_exact<std::int64_t>(); number && (is_switch || is_duration || is_number))
        return std::to_string(*number);
    if (const auto number = node.value_exact<double>(); number && is_duration)
        return fmt::format("{}", *number);
    throw Error(ExitCode::config, "{}: {}: only {} possible", place, setting.name,
                is_switch                  ? "true and false are"
                : is_duration || is_number ? "a string or a number is"
                                           : "a string is");
}

// The file is read here and not by toml::parse_file, which wants to know the size: a pipe has none.
std::string contents(const std::string& path)
{
    try {
        return read_text(path);
    } catch (const Unreadable& e) {
        throw Error(ExitCode::config, "the configuration file {}: {}; --config names another", path, e.what());
    }
}

// The key of a line whose value is a bare word, as the files of many other programs have it; else nothing. The value
// itself may hold a password.
std::string unquoted_key(const std::string& text, std::size_t number)
{
    std::istringstream lines(text);
    std::string line;
    while (number-- > 0)
        std::getline(lines, line);
    std::istringstream words(line.replace(std::min(line.find('='), line.size()), 1, " = "));
    std::string key, equals, value;
    words >> key >> equals >> value;
    return equals == "=" && value.find_first_of("\"'[{") == value.npos && !value.empty() ? key : std::string();
}

bool is_switch(std::string_view key)
{
    return std::ranges::any_of(k_flags, [&](const Flag* flag) { return flag->name == key && flag->type == Type::on; });
}

[[noreturn]] void throw_bad_toml(const toml::parse_error& error, const std::string& path, const std::string& text)
{
    const auto line = error.source().begin.line;
    std::string what(error.description());
    // A key that stands there for the second time may well have a bare word.
    const bool is_second = what.find("redefine") != what.npos;
    if (const std::string key = is_second ? std::string() : unquoted_key(text, line); is_switch(key))
        what = fmt::format("{}: only true and false are possible", key);
    else if (!key.empty())
        what = fmt::format("{0}: a text needs quotes: {0} = \"...\"", key);
    throw Error(ExitCode::config, "{}:{}: {}", path, line, what);
}

ConfigFile parse(const std::string& path, const struct stat& status)
{
    ConfigFile file{path, (status.st_mode & S_IROTH) != 0, {}};
    const std::string text = contents(path);
    try {
        const toml::table table = toml::parse(text, path);
        for (const auto& [key, node] : table) {
            const std::string place = fmt::format("{}:{}", path, node.source().begin.line);
            const Flag& setting = known_setting(key.str(), place);
            file.values[std::string(setting.name)] = {text_of(node, setting, place), place};
        }
    } catch (const toml::parse_error& error) {
        throw_bad_toml(error, path, text);
    } catch (const std::logic_error& error) {
        throw Error(ExitCode::config, "{}: {}", path, error.what());
    }
    return file;
}

// /dev/null in place of a file is the usual way to say "none". A pipe may be meant where it is named; in a usual place
// it would hold up whatever runs there.
bool can_be_read(mode_t mode, bool named)
{
    return S_ISREG(mode) || S_ISCHR(mode) || (S_ISFIFO(mode) && named);
}

std::optional<ConfigFile> read(const std::string& path, bool required)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        if (required || (errno != ENOENT && errno != ENOTDIR && errno != EACCES))
            throw Error(ExitCode::config, "the configuration file {}: {}", path, std::strerror(errno));
        return std::nullopt;
    }
    if (!can_be_read(status.st_mode, required))
        throw Error(ExitCode::config, "the configuration file {} is not a file: --config names another", path);
    return parse(path, status);
}

std::string user_file()
{
    const char* folder = std::getenv("XDG_CONFIG_HOME");
    if (folder != nullptr && *folder == '/')
        return std::string(folder) + "/limiters.toml";
    const char* home = std::getenv("HOME");
    return home != nullptr && *home == '/' ? std::string(home) + "/.config/limiters.toml" : std::string();
}

}  // namespace

std::vector<ConfigFile> read_config_files(const Text& named)
{
    if (named)
        return {*read(*named, true)};
    std::vector<ConfigFile> files;
    for (const std::string& path : {user_file(), std::string(k_system_file)})
        if (!path.empty())
            if (auto file = read(path, false))
                files.push_back(std::move(*file));
    return files;
}

}  // namespace options
