#include "process/standard_fds.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace process {

void fill_standard_fds()
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
        if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF && ::open("/dev/null", O_RDWR | O_CLOEXEC) != fd)
            throw base::os_error("open /dev/null");
}

bool was_closed(int standard_fd)
{
    return (::fcntl(standard_fd, F_GETFD) & FD_CLOEXEC) != 0;  // an inherited one never is: exec would have closed it
}

}  // namespace process
