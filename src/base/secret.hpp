// A password. It cannot be printed, formatted or compared by accident: only reveal() gives the bytes, and only what
// talks to the server calls it.
#pragma once

#include <string>
#include <utility>

namespace base {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string bytes) : m_bytes(std::move(bytes)) {}

    [[nodiscard]] bool empty() const { return m_bytes.empty(); }
    [[nodiscard]] const std::string& reveal() const { return m_bytes; }

private:
    std::string m_bytes;
};

}  // namespace base
