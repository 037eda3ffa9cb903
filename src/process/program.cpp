#include "process/program.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "process/signals.hpp"
#include "process/wait_status.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace process {

namespace {

constexpr std::size_t k_most_text = 4096;
constexpr int k_not_executed = 127;

[[noreturn]] void become(const std::vector<std::string>& argv,
                         const std::vector<std::pair<std::string, std::string>>& variables, int output)
{
    std::vector<char*> words;
    words.reserve(argv.size() + 1);
    for (const std::string& word : argv)
        words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    for (const auto& [name, value] : variables)
        ::setenv(name.c_str(), value.c_str(), 1);
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::dup2(null, STDIN_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    default_dispositions();
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execvp(words[0], words.data());
    const char* why = std::strerror(errno);
    [[maybe_unused]] const auto ignored = ::write(output, why, std::strlen(why));
    ::_exit(k_not_executed);
}

// False if the program still writes, or has not ended, when the deadline passes.
bool read_to_the_end(int fd, std::string& text, base::Deadline deadline)
{
    char bytes[512];
    for (;;) {
        pollfd ready{fd, POLLIN, 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            std::min<base::Micros>(deadline.left(), std::chrono::hours(1)));
        const int polled = ::poll(&ready, 1, static_cast<int>(left.count()));
        if (polled < 0 && errno == EINTR)
            continue;
        if (polled <= 0 && deadline.passed())
            return false;
        const ssize_t size = polled > 0 ? ::read(fd, bytes, sizeof bytes) : 0;
        if (polled > 0 && size <= 0)
            return true;
        text.append(bytes, std::min(static_cast<std::size_t>(size), k_most_text - text.size()));
    }
}

// While SIGCHLD is ignored, as a caller may have left it, the kernel tells nobody how a child ended: wait(2).
class ToldOfChildren {
public:
    ToldOfChildren()
    {
        struct sigaction plain {};
        plain.sa_handler = SIG_DFL;
        ::sigaction(SIGCHLD, &plain, &m_before);
    }
    ToldOfChildren(const ToldOfChildren&) = delete;
    ToldOfChildren& operator=(const ToldOfChildren&) = delete;
    ~ToldOfChildren() { ::sigaction(SIGCHLD, &m_before, nullptr); }

private:
    struct sigaction m_before {};
};

}  // namespace

Answer run_program(const std::vector<std::string>& argv,
                   const std::vector<std::pair<std::string, std::string>>& variables, base::Deadline deadline)
{
    const ToldOfChildren told;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw base::os_error("pipe2");
    const base::Fd read_end(ends[0]);
    base::Fd write_end(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0)
        throw base::os_error("fork");
    if (pid == 0)
        become(argv, variables, write_end.get());
    write_end.reset();
    Answer answer{false, {}};
    const bool ended = read_to_the_end(read_end.get(), answer.text, deadline);
    if (!ended)
        ::kill(pid, SIGKILL);
    int raw = 0;
    while (::waitpid(pid, &raw, 0) < 0 && errno == EINTR) {
    }
    const WaitStatus status(raw);
    answer.good = ended && status.exited() && status.exit_code() == 0;
    if (!ended)
        answer.text = "no answer in time";
    return answer;
}

}  // namespace process
