#include "process/daemon.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "process/signals.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace process {

namespace {

void default_signals()
{
    default_dispositions();
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become_daemon(const char* path, char* const* argv, const char* folder, int error_pipe)
{
    ::setsid();
    const pid_t pid = ::fork();
    if (pid > 0)
        ::_exit(0);
    int error = pid < 0 ? errno : 0;
    const int null = ::open("/dev/null", O_RDWR);
    if (error == 0 && (null < 0 || ::chdir(folder) != 0))
        error = errno;
    if (error == 0) {
        for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
            ::dup2(null, fd);
        // The error pipe closes itself on exec; all else goes, the caller's own descriptors included.
        ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
        default_signals();
        ::execv(path, argv);
        error = errno;
    }
    [[maybe_unused]] const auto ignored = ::write(error_pipe, &error, sizeof error);
    ::_exit(127);
}

}  // namespace

void start_daemon(const std::string& path, const std::vector<std::string>& argv, const std::string& folder)
{
    std::vector<char*> words;
    for (const std::string& word : argv)
        words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw base::os_error("pipe2");
    const base::Fd read_end(ends[0]);
    base::Fd write_end(ends[1]);
    // A subreaper would inherit the daemon, and a stop would end it with CMD's descendants.
    int subreaper = 0;
    ::prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
    const pid_t pid = ::fork();
    if (pid < 0)
        throw base::os_error("fork");
    if (pid == 0)
        become_daemon(path.c_str(), words.data(), folder.c_str(), write_end.get());
    write_end.reset();
    ::waitpid(pid, nullptr, 0);
    ::prctl(PR_SET_CHILD_SUBREAPER, subreaper);
    int error = 0;
    if (::read(read_end.get(), &error, sizeof error) == sizeof error) {
        errno = error;
        throw base::os_error(path.c_str());
    }
}

}  // namespace process
