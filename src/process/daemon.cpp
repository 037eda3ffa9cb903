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

struct Pipe {
    base::Fd read_end;
    base::Fd write_end;
};

Pipe make_pipe()
{
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw base::os_error("pipe2");
    return {base::Fd(ends[0]), base::Fd(ends[1])};
}

[[noreturn]] void fail(const Pipe& failure)
{
    const int error = errno;
    [[maybe_unused]] const auto ignored = ::write(failure.write_end.get(), &error, sizeof error);
    ::_exit(127);
}

[[noreturn]] void become_daemon(const char* path, char* const* argv, const char* folder, const Pipe& failure)
{
    const int null = ::open("/dev/null", O_RDWR);
    if (null < 0 || ::chdir(folder) != 0)
        fail(failure);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
        ::dup2(null, fd);
    // The pipe closes itself on exec; all else goes, the caller's own descriptors included.
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    default_signals();
    ::execv(path, argv);
    fail(failure);
}

// Leads the daemon's session until the daemon is up, and ends it if the starter closes its end or dies before. Until
// then it also keeps what the starter has open: a lock on the daemon's place. For that it must live on where the middle
// process of detach() must be gone, so the two double forks are not one: by detach() this would be a third.
[[noreturn]] void guard_daemon(const char* path, char* const* argv, const char* folder, Pipe& failure, Pipe& starter)
{
    ::setsid();
    starter.write_end.reset();
    const pid_t pid = ::fork();
    if (pid < 0)
        fail(failure);
    if (pid == 0)
        become_daemon(path, argv, folder, failure);
    failure.write_end.reset();
    char nothing = 0;
    while (::read(starter.read_end.get(), &nothing, sizeof nothing) < 0) {
    }
    ::kill(0, SIGKILL);
    ::_exit(0);
}

void dismiss(pid_t guard)
{
    // A subreaper would inherit the daemon, and a stop would end it with CMD's descendants.
    int subreaper = 0;
    ::prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
    ::kill(guard, SIGKILL);
    ::waitpid(guard, nullptr, 0);
    ::prctl(PR_SET_CHILD_SUBREAPER, subreaper);
}

}  // namespace

void start_daemon(const std::string& path, const std::vector<std::string>& argv, const std::string& folder,
                  const std::function<void()>& wait_until_up)
{
    std::vector<char*> words;
    words.reserve(argv.size() + 1);
    for (const std::string& word : argv)
        words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    Pipe failure = make_pipe();
    Pipe starter = make_pipe();
    const pid_t guard = ::fork();
    if (guard < 0)
        throw base::os_error("fork");
    if (guard == 0)
        guard_daemon(path.c_str(), words.data(), folder.c_str(), failure, starter);
    failure.write_end.reset();
    try {
        int error = 0;
        if (::read(failure.read_end.get(), &error, sizeof error) == sizeof error) {
            errno = error;
            throw base::os_error(path.c_str());
        }
        wait_until_up();
    } catch (...) {
        starter.write_end.reset();
        ::waitpid(guard, nullptr, 0);
        throw;
    }
    dismiss(guard);
}

}  // namespace process
