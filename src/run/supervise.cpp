#include "run/supervise.hpp"

#include "base/advice.hpp"
#include "base/message.hpp"
#include "run/stop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace run {

namespace {

using base::Deadline;
using base::Micros;
using process::Signal;

// True for a signal that the kernel sent to the whole group: CMD has had it from there.
bool is_for_the_group(const Signal& signal)
{
    switch (signal.number) {
    case SIGINT:
    case SIGQUIT:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGWINCH: return signal.from_kernel;
    case SIGHUP:
    case SIGCONT: return signal.from_kernel && !process::leads_session();
    default: return false;
    }
}

class Supervisor {
public:
    Supervisor(process::Child& child, const std::set<pid_t>& others, Heartbeat& heartbeat,
               const process::Signals& signals, const SupervisePolicy& policy, const std::string& subject,
               const std::string& server)
        : m_child(child), m_others(others), m_heartbeat(heartbeat), m_signals(signals), m_policy(policy),
          m_subject(subject), m_server(server)
    {
    }

    Ended run()
    {
        // What arrived before CMD existed did not reach it through its group.
        while (const auto signal = m_signals.next())
            if (!is_for_us(*signal))
                m_child.send(signal->number);
        while (!over()) {
            if (m_stop)
                m_stop->advance();
            else
                keep_lease();
            poll_until(m_stop ? pollfd{-1, 0, 0} : m_heartbeat.interest(), m_signals, next());
            while (const auto signal = m_signals.next())
                forward(*signal);
        }
        return {m_ended, m_stop.has_value()};
    }

private:
    // Whether it is over. Without a stop that is at the end of CMD, because what CMD left running is its own.
    bool over()
    {
        while (const auto status = m_child.poll()) {
            if (status->stopped())
                follow_stop(status->stop_signal());
            else
                m_ended = status;
        }
        if (!m_stop)
            return m_ended.has_value();
        return m_stop->done();
    }

    void keep_lease()
    {
        m_heartbeat.advance();
        const bool unreachable = !m_heartbeat.trouble().empty();
        if (m_heartbeat.lost())
            lose();
        else if (unreachable && m_policy.on_outage == OnOutage::stop && m_heartbeat.left() <= m_policy.kill_before_end)
            stop(m_heartbeat.left(), outage() + " and the lease ends");
        else if (unreachable && m_heartbeat.left() <= Micros::zero())
            tell_of_outage();
        else if (!unreachable)
            m_outage.over();
    }

    void lose()
    {
        const std::string what = fmt::format("{}: the lease is lost on {}: {}", m_subject, m_server,
                                             m_heartbeat.superseded() ? "superseded by a newer one"
                                                                      : "its slot was given to others, or taken away");
        if (m_policy.on_lost == OnLost::stop)
            stop(m_policy.kill_after, what);
        else
            m_loss.warning(
                fmt::format("{}; CMD goes on without one ({})", what, base::advice(base::Advice::keep_when_lost)));
    }

    void tell_of_outage()
    {
        m_outage.warning(fmt::format("{} and the lease has ended; CMD goes on, trying again ({})", outage(),
                                     base::advice(base::Advice::keep_in_outage)));
    }

    // The server may be there and refuse: what it says then names limiter and server already.
    [[nodiscard]] std::string outage() const
    {
        const std::string names = fmt::format("{}: {} ", m_subject, m_server);
        std::string_view why = m_heartbeat.trouble();
        if (why.starts_with(names))
            why.remove_prefix(names.size());
        return fmt::format("{}does not serve ({})", names, why);
    }

    void stop(Micros kill_after, const std::string& why)
    {
        base::message::error(fmt::format("{}; CMD is being stopped", why));
        m_stop.emplace(m_subject, m_others, std::max(kill_after, Micros::zero()));
    }

    [[nodiscard]] Deadline next() const
    {
        if (m_stop)
            return m_stop->next();
        // Whatever the heartbeat waits for, a policy may be due before it.
        const Micros due =
            m_heartbeat.left() - (m_policy.on_outage == OnOutage::stop ? m_policy.kill_before_end : Micros::zero());
        const bool watched = !m_heartbeat.trouble().empty() && due > Micros::zero();
        return watched ? std::min(m_heartbeat.next(), Deadline::after(due)) : m_heartbeat.next();
    }

    [[nodiscard]] bool is_for_us(const Signal& signal) const
    {
        return (signal.number == SIGCHLD && !signal.from_process) || signal.sender == m_child.pid();
    }

    void forward(const Signal& signal)
    {
        if (is_for_us(signal))
            return;
        m_stop_asked = (m_stop_asked || signal.number == SIGTSTP) && signal.number != SIGCONT;
        if (!is_for_the_group(signal) || !m_child.in_our_group())
            m_child.send(signal.number);
    }

    // Job control: the shell looks at limiters, so limiters stops when CMD does. A SIGSTOP meant for CMD alone
    // (cpulimit) is not followed: nobody would wake limiters, and the lease would end. Where Ctrl-Z cannot stop
    // limiters, it only stopped CMD because that has a group of its own, and nobody else would wake it.
    void follow_stop(int signal)
    {
        if (m_stop || (process::default_action(signal) != process::DefaultAction::stop && !m_stop_asked))
            return;
        if (!process::stop_by(signal) && signal == SIGTSTP)
            m_child.send(SIGCONT);
    }

    process::Child& m_child;
    const std::set<pid_t>& m_others;
    Heartbeat& m_heartbeat;
    const process::Signals& m_signals;
    const SupervisePolicy& m_policy;
    const std::string& m_subject;
    const std::string& m_server;
    base::message::Once m_outage;
    base::message::Once m_loss;
    bool m_stop_asked = false;
    std::optional<Stop> m_stop;
    std::optional<process::WaitStatus> m_ended;
};

}  // namespace

Ended supervise(process::Child& child, const std::set<pid_t>& others, Heartbeat& heartbeat,
                const process::Signals& signals, const SupervisePolicy& policy, const std::string& subject,
                const std::string& server)
{
    return Supervisor(child, others, heartbeat, signals, policy, subject, server).run();
}

}  // namespace run
