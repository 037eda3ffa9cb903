#include "process/process_watch.hpp"

#include "base/error.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>

namespace process {

std::optional<ProcessWatch> ProcessWatch::of(pid_t pid)
{
    // The system call and not glibc's function, whose header lacks extern "C" before 2.38.
    base::Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    // The errno for a thread that is not its process's first one is EINVAL, or ENOENT since Linux 6.9.
    if (!fd && (errno == ESRCH || errno == EINVAL || errno == ENOENT))
        return std::nullopt;
    if (!fd)
        throw base::os_error("pidfd_open");
    ProcessWatch watch(pid, std::move(fd));
    return watch.ended() ? std::nullopt : std::optional(std::move(watch));
}

bool ProcessWatch::ended() const
{
    pollfd interest{m_fd.get(), POLLIN, 0};
    return ::poll(&interest, 1, 0) > 0;
}

std::string process_name(pid_t pid)
{
    std::ifstream file(fmt::format("/proc/{}/comm", pid));
    std::string name;
    std::getline(file, name);
    return name.empty() ? "?" : name;
}

}  // namespace process
