// Takes the nodes of a URL in turn, and tells what their failures say together. One node that refuses us (a wrong
// password, a bad certificate) does not end the search, because another may have us; but the user is to be told of that
// refusal rather than that the others are away. A Session owns the object and tells it what became of each node.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <optional>
#include <utility>

namespace redis {

class Seeds {
public:
    explicit Seeds(std::size_t count) : m_count(count) {}

    // The place in the URL of the node to try.
    [[nodiscard]] std::size_t next() const { return m_next; }

    // The node to try is away, or does not serve now.
    void failed()
    {
        m_next = (m_next + 1) % m_count;
        ++m_failures;
    }

    // The node to try was reached and will not do, but another one may. failed() is still to be told.
    void refused(base::Error why)
    {
        if (m_refusal)
            return;
        m_refusal = std::move(why);
        m_failures = 0;  // all others get their turn before it counts
    }

    // A node did what it was asked: all that was held against any of them is forgotten.
    void served()
    {
        m_served = true;
        m_failures = 0;
        m_refusal.reset();
    }

    // Whether each node had its turn since one of them served.
    [[nodiscard]] bool all_failed() const { return m_failures >= m_count; }

    // The refusal of the first node that was reached and will not do, if none has served yet.
    [[nodiscard]] std::optional<base::Error> refusal() const { return m_served ? std::nullopt : m_refusal; }

    // The refusal of the first node, but only once all the others have failed after it; then the next round begins.
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
