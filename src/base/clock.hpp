// Time spans in whole microseconds, and deadlines on a clock that no one can set.
#pragma once

#include <chrono>
#include <ctime>

namespace base {

using Micros = std::chrono::microseconds;

// The time on a clock of clock_gettime(2). CLOCK_MONOTONIC stands still during suspend, CLOCK_BOOTTIME does not: what a
// server counts on (a lease) is measured on the second, how long somebody waits on the first.
inline Micros now_on(clockid_t clock)
{
    timespec t{};
    clock_gettime(clock, &t);
    return std::chrono::duration_cast<Micros>(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
}

// A point on CLOCK_MONOTONIC, or never. One deadline bounds all the waiting of one purpose: it is never counted down
// per wake-up.
class Deadline {
public:
    static Deadline never() { return Deadline(Micros::max()); }
    static Deadline after(Micros span)
    {
        const Micros now = now_on(CLOCK_MONOTONIC);
        return span > Micros::max() - now ? never() : Deadline(now + span);
    }

    [[nodiscard]] bool is_never() const { return m_at == Micros::max(); }
    [[nodiscard]] bool passed() const { return left() == Micros::zero(); }

    // How long until then: zero once passed, Micros::max() for never.
    [[nodiscard]] Micros left() const
    {
        if (is_never())
            return m_at;
        const Micros now = now_on(CLOCK_MONOTONIC);
        return m_at > now ? m_at - now : Micros::zero();
    }

    friend auto operator<=>(const Deadline&, const Deadline&) = default;

private:
    explicit Deadline(Micros at) : m_at(at) {}

    Micros m_at;
};

}  // namespace base
