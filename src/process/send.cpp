#include "process/send.hpp"

#include <cerrno>
#include <csignal>

namespace process {

bool send_signal(pid_t pid, int signal)
{
    return ::kill(pid, signal) == 0 || errno != EPERM;
}

}  // namespace process
