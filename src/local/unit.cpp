#include "local/unit.hpp"

#include "local/content.hpp"
#include "process/program.hpp"

#include <fmt/format.h>

namespace local {

namespace {

// The control group in one line, id:controllers:path; empty if systemd keeps its units elsewhere.
std::string_view group_in(std::string_view line)
{
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos)
        return {};
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    return controllers.empty() || controllers == "name=systemd" ? line.substr(second + 1) : std::string_view();
}

std::optional<Unit> unit_in_group(std::string_view group)
{
    std::optional<Unit> unit;
    bool of_user_manager = false;
    while (!group.empty()) {
        const std::size_t slash = group.find('/');
        const std::string_view part = group.substr(0, slash);
        group.remove_prefix(slash == std::string_view::npos ? group.size() : slash + 1);
        of_user_manager = of_user_manager || (part.starts_with("user@") && part.ends_with(".service"));
        if (part.ends_with(".service") || part.ends_with(".scope"))
            unit = Unit{std::string(part), of_user_manager};
    }
    return unit;
}

// Whether `show` of systemctl or loginctl prints one of these lines.
bool shows(const std::vector<std::string>& question, std::initializer_list<std::string_view> lines,
           base::Deadline deadline)
{
    const process::Answer answer = process::run_program(question, {{"SYSTEMD_COLORS", "0"}}, deadline);
    for (const std::string_view line : lines)
        if (answer.good && answer.text == std::string(line) + '\n')
            return true;
    return false;
}

bool is_scope(const Unit& unit)
{
    return unit.name.ends_with(".scope");
}

}  // namespace

std::optional<Unit> unit_in(std::string_view control_groups)
{
    while (!control_groups.empty()) {
        const std::size_t end = control_groups.find('\n');
        if (auto unit = unit_in_group(group_in(control_groups.substr(0, end))))
            return unit;
        control_groups.remove_prefix(end == std::string_view::npos ? control_groups.size() : end + 1);
    }
    return std::nullopt;
}

std::optional<Unit> unit_of(pid_t pid)
{
    return unit_in(
        content_of(pid == 0 ? "/proc/self/cgroup" : fmt::format("/proc/{}/cgroup", pid)).value_or(std::string()));
}

bool ends_what_it_leaves(const Unit& unit, base::Deadline deadline)
{
    if (unit.is_own())
        return false;
    if (unit.of_user_manager)
        return true;
    // A scope that process 1 belongs to is the machine itself, or a container that was started in one.
    if (is_scope(unit) && unit_of(1) == unit)
        return false;
    if (is_scope(unit) && unit.name.starts_with("session-"))
        return !shows({"loginctl", "show-session", "--property=KillUserProcesses"}, {"KillUserProcesses=no"}, deadline);
    return !shows({"systemctl", "show", "--property=KillMode", "--", unit.name}, {"KillMode=process", "KillMode=none"},
                  deadline);
}

}  // namespace local
