#include "local/mounts.hpp"

#include "local/content.hpp"

#include <array>
#include <cstddef>

namespace local {

namespace {

struct Mount {
    std::string_view id;
    std::string_view device;
    std::string_view root;  // of it in its file system
    std::string_view point;
    bool receives = false;  // what is mounted in another namespace
};

std::string_view next_word(std::string_view& line)
{
    const std::size_t end = line.find(' ');
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return word;
}

Mount mount_in(std::string_view line)
{
    Mount mount;
    mount.id = next_word(line);
    next_word(line);  // its parent
    mount.device = next_word(line);
    mount.root = next_word(line);
    mount.point = next_word(line);
    next_word(line);  // options
    for (std::string_view tag = next_word(line); !tag.empty() && tag != "-"; tag = next_word(line))
        mount.receives = mount.receives || tag.starts_with("master:");
    return mount;
}

bool is_below(std::string_view path, std::string_view folder)
{
    return folder == "/" || (path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/'));
}

// The mount that a path lies on: the last of those with the longest mount point, since it covers the others.
std::optional<Mount> mount_of(std::string_view path, std::string_view mounts)
{
    std::optional<Mount> found;
    while (!mounts.empty()) {
        const std::size_t end = mounts.find('\n');
        const Mount mount = mount_in(mounts.substr(0, end));
        if (is_below(path, mount.point) && (!found || mount.point.size() >= found->point.size()))
            found = mount;
        mounts.remove_prefix(end == std::string_view::npos ? mounts.size() : end + 1);
    }
    return found;
}

bool lists(std::string_view mounts, std::string_view id)
{
    return mounts.starts_with(std::string(id) + ' ') ||
           mounts.find('\n' + std::string(id) + ' ') != std::string_view::npos;
}

// The path as its file system has it, behind the device: two paths that lead to one place have the same.
std::string place_of(std::string_view path, const Mount& mount)
{
    const std::string_view rest = mount.point == "/" ? path : path.substr(mount.point.size());
    return std::string(mount.device) + ' ' + std::string(mount.root == "/" ? "" : mount.root) + std::string(rest);
}

}  // namespace

bool is_seen_by_all(std::string_view path, std::string_view own_mounts, std::optional<std::string_view> first_mounts)
{
    const std::optional<Mount> own = mount_of(path, own_mounts);
    if (!first_mounts) {
        const std::optional<Mount> root = mount_of("/", own_mounts);
        return !root || !root->receives;
    }
    // Namespaces share no mount: the id of one that process 1 has too is that of the same namespace.
    if (!own || lists(*first_mounts, own->id))
        return true;
    const std::optional<Mount> first = mount_of(path, *first_mounts);
    return first && place_of(path, *own) == place_of(path, *first);
}

bool is_seen_by_all(const std::string& path)
{
    const std::optional<std::string> own = content_of("/proc/self/mountinfo");
    const std::optional<std::string> first = content_of("/proc/1/mountinfo");
    return !own || is_seen_by_all(path, *own, first ? std::optional<std::string_view>(*first) : std::nullopt);
}

}  // namespace local
