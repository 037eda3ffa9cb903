// Which of the nodes of a URL is tried next, and what their failures say together.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <optional>
#include <utility>

namespace redis {

class Seeds {
public:
    explicit Seeds(std::size_t count) : m_count(count) {}

    // The place of the one to try.
    [[nodiscard]] std::size_t next() const { return m_next; }

    // That one is away, or does not serve now.
    void failed()
    {
        m_next = (m_next + 1) % m_count;
        ++m_failures;
    }

    // That one was reached and will not do, but another one may. failed() is still to be told.
    void refused(base::Error why)
    {
        if (m_refusal)
            return;
        m_refusal = std::move(why);
        m_failures = 0;  // all others get their turn before it counts
    }

    void served()
    {
        m_served = true;
        m_failures = 0;
        m_refusal.reset();
    }

    // Since one of them served.
    [[nodiscard]] bool all_failed() const { return m_failures >= m_count; }

    // If none has served yet, the first one's that was reached and will not do.
    [[nodiscard]] std::optional<base::Error> refusal() const { return m_served ? std::nullopt : m_refusal; }

    // The same, but only once all the others have failed since; then the next round begins.
    std::optional<base::Error> verdict()
    {
        if (!m_refusal || !all_failed())
            return std::nullopt;
        m_failures = 0;
        return std::exchange(m_refusal, std::nullopt);
    }

private:
    std::size_t m_count;
    std::size_t m_next = 0;
    std::size_t m_failures = 0;
    bool m_served = false;
    std::optional<base::Error> m_refusal;
};

}  // namespace redis
