// Asking one server all that doctor wants to know of it.
#pragma once

#include "commands/ask.hpp"
#include "commands/doctor/findings.hpp"

#include <optional>

namespace commands {

inline constexpr const char* k_doctor = "doctor";  // the subject of its questions

struct NodeAnswer {
    std::optional<NodeReport> report;  // nothing: it would not tell
    std::vector<Finding> findings;
};

class NodeQuestions {
public:
    NodeQuestions(const Settings& settings, const Asker& asker, bool by_sentinel, std::size_t replicas)
        : m_settings(settings), m_asker(asker), m_by_sentinel(by_sentinel), m_replicas(replicas)
    {
    }

    // `replica_is_fine`: it is one of several hosts. Throws Error if the server cannot be reached.
    [[nodiscard]] NodeAnswer ask(redis::Session& session, bool replica_is_fine) const;

private:
    void measure(redis::Session& session, NodeReport& node) const;
    [[nodiscard]] std::vector<Finding> probe(redis::Session& session, const NodeReport& node) const;
    [[nodiscard]] std::vector<Finding> count_replicas(redis::Session& session, const NodeReport& node) const;

    const Settings& m_settings;
    const Asker& m_asker;
    bool m_by_sentinel;
    std::size_t m_replicas;
};

}  // namespace commands
