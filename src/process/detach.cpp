#include "process/detach.hpp"

#include "base/error.hpp"
#include "process/signals.hpp"
#include "process/wait_status.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace process {

namespace {

void close_all_but(std::vector<int> keep)
{
    std::sort(keep.begin(), keep.end());
    unsigned first = STDERR_FILENO + 1;
    for (const int fd : keep) {
        if (static_cast<unsigned>(fd) > first)
            ::close_range(first, static_cast<unsigned>(fd) - 1, 0);
        first = static_cast<unsigned>(fd) + 1;
    }
    ::close_range(first, ~0U, 0);
}

// The second half of detach(). It never returns, because that would run the destructors of the other process, and go on
// as if it were that.
[[noreturn]] void go_on(std::vector<int> keep, int null, base::Fd channel,
                        const std::function<void(base::Fd channel)>& body)
{
    ::setsid();
    const pid_t pid = ::fork();  // because the leader of a session could get a terminal
    if (pid != 0)
        ::_exit(pid < 0 ? errno : 0);
    [[maybe_unused]] const int ignored = ::chdir("/");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
        ::dup2(null, fd);
    keep.push_back(channel.get());
    close_all_but(std::move(keep));
    default_dispositions();
    try {
        body(std::move(channel));
    } catch (...) {
        ::_exit(1);  // nobody is there to be told
    }
    ::_exit(0);
}

}  // namespace

base::Fd detach(const std::vector<int>& keep, const std::function<void(base::Fd channel)>& body)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        throw base::os_error("socketpair");
    base::Fd ours(ends[0]);
    base::Fd theirs(ends[1]);
    const base::Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null)
        throw base::os_error("open /dev/null");
    const pid_t pid = ::fork();
    if (pid < 0)
        throw base::os_error("fork");
    if (pid == 0)
        go_on(keep, null.get(), std::move(theirs), body);
    theirs.reset();
    int raw = 0;
    ::waitpid(pid, &raw, 0);
    const WaitStatus status(raw);
    if (status.exited() && status.exit_code() != 0) {
        errno = status.exit_code();
        throw base::os_error("fork");
    }
    return ours;
}

}  // namespace process
