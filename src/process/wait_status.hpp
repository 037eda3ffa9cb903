// How a child ended or changed, as a value: the raw int of waitpid(2) never leaves here.
#pragma once

#include <sys/wait.h>

namespace process {

class WaitStatus {
public:
    explicit WaitStatus(int raw) : m_raw(raw) {}

    [[nodiscard]] bool exited() const { return WIFEXITED(m_raw); }
    [[nodiscard]] int exit_code() const { return WEXITSTATUS(m_raw); }

    [[nodiscard]] bool killed() const { return WIFSIGNALED(m_raw); }
    [[nodiscard]] int signal() const { return WTERMSIG(m_raw); }

    [[nodiscard]] bool stopped() const { return WIFSTOPPED(m_raw); }
    [[nodiscard]] int stop_signal() const { return WSTOPSIG(m_raw); }

private:
    int m_raw;
};

}  // namespace process
