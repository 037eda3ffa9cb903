// Ending CMD and all that it started: TERM, and KILL for what is left later.
#pragma once

#include "base/clock.hpp"

#include <sys/types.h>

#include <set>
#include <string>

namespace run {

class Stop {
public:
    // Sends TERM to every descendant but `others` and what is below them (process::adopt_descendants).
    // `subject` is for messages.
    Stop(std::string subject, std::set<pid_t> others, base::Micros kill_after);

    // Sends KILL when it is due, and to whatever has been started since.
    void advance();

    // Whether nothing is left but what may not be signalled (another user's, which is reported and not waited for), as
    // of the last advance().
    [[nodiscard]] bool done() const { return m_done; }

    // When to call advance() if no child has ended before.
    [[nodiscard]] base::Deadline next() const;

private:
    void send(pid_t pid);

    std::string m_subject;
    std::set<pid_t> m_others;
    base::Deadline m_kill_at;
    int m_signal;
    std::set<pid_t> m_sent;  // these have had m_signal
    std::set<pid_t> m_out_of_reach;
    bool m_done = false;
};

}  // namespace run
