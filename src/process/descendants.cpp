#include "process/descendants.hpp"

#include "base/error.hpp"
#include "base/number.hpp"

#include <dirent.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace process {

namespace {

// The parent by proc_pid_stat(5), "pid (name) state ppid …"; the name may hold anything, so this looks behind the last
// ')'. Nothing for a process that has gone, or is a zombie, because that runs nothing any more.
std::optional<pid_t> parent_of(pid_t pid)
{
    const std::string path = "/proc/" + std::to_string(pid) + "/stat";
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
    char buffer[512];
    if (file == nullptr)
        return std::nullopt;
    const std::string_view text(buffer, std::fread(buffer, 1, sizeof buffer, file.get()));
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string_view::npos || name_end + 4 >= text.size() || text[name_end + 2] == 'Z')
        return std::nullopt;
    return base::leading_number<pid_t>(text.substr(name_end + 4));
}

std::multimap<pid_t, pid_t> children_by_parent()
{
    std::multimap<pid_t, pid_t> children;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), &::closedir);
    if (folder == nullptr)
        throw base::os_error("opendir /proc");
    while (const dirent* entry = ::readdir(folder.get()))
        if (const auto pid = base::whole_number<pid_t>(entry->d_name))
            if (const auto parent = parent_of(*pid))
                children.emplace(*parent, *pid);
    return children;
}

}  // namespace

std::set<pid_t> adopt_descendants()
{
    std::set<pid_t> here;
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    siginfo_t info{};
    // Almost always there is no child yet, and /proc need not be read.
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        return here;
    for (const pid_t pid : descendants({}))
        here.insert(pid);
    return here;
}

std::vector<pid_t> descendants(const std::set<pid_t>& others)
{
    const auto children = children_by_parent();
    std::vector<pid_t> found;
    std::vector<pid_t> parents{::getpid()};
    while (!parents.empty()) {
        const auto [first, last] = children.equal_range(parents.back());
        parents.pop_back();
        for (auto child = first; child != last; ++child) {
            if (others.contains(child->second))
                continue;
            found.push_back(child->second);
            parents.push_back(child->second);
        }
    }
    return found;
}

}  // namespace process
