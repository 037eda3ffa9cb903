#include "run/await.hpp"

#include <algorithm>
#include <vector>

namespace run {

using base::Deadline;

void poll_until(std::initializer_list<pollfd> fds, Deadline deadline)
{
    std::vector<pollfd> polled(fds);
    poll_until(std::span(polled), deadline);
}

void poll_until(std::span<pollfd> fds, Deadline deadline)
{
    timespec timeout{};
    if (!deadline.is_never()) {
        const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.left());
        timeout = {left.count() / 1000000000, left.count() % 1000000000};
    }
    if (::ppoll(fds.data(), fds.size(), deadline.is_never() ? nullptr : &timeout, nullptr) < 0 && errno != EINTR)
        throw base::os_error("ppoll");
}

void poll_until(const pollfd& fd, const Interrupts& interrupts, Deadline deadline)
{
    const int watch = interrupts.watch != nullptr ? interrupts.watch->fd() : -1;
    poll_until({fd, {interrupts.signals.fd(), POLLIN, 0}, {watch, POLLIN, 0}}, deadline);
}

void obey(const Interrupts& interrupts)
{
    while (const auto signal = interrupts.signals.next()) {
        switch (process::default_action(signal->number)) {
        case process::DefaultAction::ignore: break;
        case process::DefaultAction::stop: process::stop_by(signal->number); break;
        case process::DefaultAction::terminate: throw Stopped(signal->number);
        }
    }
    if (interrupts.watch != nullptr && interrupts.watch->ended())
        throw Abandoned(interrupts.watch->pid());
}

void poll_and_draw(const pollfd& fd, const Interrupts& interrupts, Deadline deadline, terminal::WaitLine* line)
{
    poll_until(fd, interrupts, line != nullptr ? std::min(deadline, line->next()) : deadline);
    obey(interrupts);
    if (line != nullptr)
        line->draw();
}

void sleep_until(Deadline deadline, const Interrupts& interrupts, terminal::WaitLine* line)
{
    while (!deadline.passed()) {
        poll_and_draw({-1, 0, 0}, interrupts, deadline, line);
    }
}

}  // namespace run
