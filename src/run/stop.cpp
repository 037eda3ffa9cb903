#include "run/stop.hpp"

#include "base/message.hpp"
#include "process/descendants.hpp"
#include "process/send.hpp"

#include <fmt/format.h>

#include <csignal>

namespace run {

namespace {

using base::Deadline;
using base::Micros;

constexpr Micros k_look_again{100000};  // a process that is ending, seen in /proc before its end was told

}  // namespace

Stop::Stop(std::string subject, std::set<pid_t> others, Micros kill_after)
    : m_subject(std::move(subject)), m_others(std::move(others)), m_kill_at(Deadline::after(kill_after)),
      m_signal(SIGTERM)
{
    advance();
}

void Stop::advance()
{
    if (m_signal == SIGTERM && m_kill_at.passed()) {
        m_signal = SIGKILL;
        m_sent.clear();
    }
    for (bool any_new = true; any_new;) {  // what forks while we look is found by the next look
        any_new = false;
        m_done = true;
        for (const pid_t pid : process::descendants(m_others)) {
            if (m_out_of_reach.contains(pid))
                continue;
            m_done = false;
            if (m_sent.insert(pid).second) {
                any_new = true;
                send(pid);
            }
        }
    }
}

void Stop::send(pid_t pid)
{
    if (!process::send_signal(pid, m_signal)) {
        m_out_of_reach.insert(pid);
        base::message::error(fmt::format("{}: process {} belongs to another user and goes on", m_subject, pid));
    } else if (m_signal == SIGTERM) {
        process::send_signal(pid, SIGCONT);  // a stopped process could not act on TERM
    } else {
        base::message::error(fmt::format("{}: process {} has not ended since TERM; killing it", m_subject, pid));
    }
}

Deadline Stop::next() const
{
    if (m_done)
        return Deadline::after(Micros::zero());
    return m_signal == SIGTERM ? m_kill_at : Deadline::after(k_look_again);
}

}  // namespace run
