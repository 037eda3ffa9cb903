// A stream socket to the server that never blocks: TCP, with or without TLS, or Unix.
#pragma once

#include "base/fd.hpp"
#include "redis/node.hpp"
#include "redis/tls.hpp"

#include <sys/socket.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redis {

struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
};

// Literal addresses and localhost are read here. Any other name is asked of /etc/hosts and DNS, whatever
// nsswitch.conf says: a static binary must not load a name-service module. That look-up can block.
// Throws Unavailable for an unknown name.
std::vector<Address> addresses_of(const Node& node);

class Socket {
public:
    // Starts to connect to the first address that takes it. `tls`: null for none. Throws Unavailable if all refuse at
    // once, Error (os_error) if this process has no descriptor left.
    Socket(const Node& node, const TlsOptions* tls);

    [[nodiscard]] int fd() const { return m_fd.get(); }

    // False while the connection is being made, the TLS handshake included. Throws Unavailable when the last address
    // has failed, and what Tls::handshake throws.
    bool established();

    // What established() waits for: POLLIN or POLLOUT.
    [[nodiscard]] short events() const;

    // Whether the other side has taken the connection but does not speak TLS with us yet.
    [[nodiscard]] bool shaking_hands() const { return m_tls.has_value() && !m_established; }

    // How many bytes were taken or given, 0 if that would block. Throws Unavailable when the other side is gone.
    std::size_t write(std::string_view bytes);
    std::size_t read(std::span<char> buffer);

private:
    void connect_next();
    bool connected();

    std::string m_host;
    const TlsOptions* m_tls_options;
    std::vector<Address> m_addresses;
    std::size_t m_next = 0;
    base::Fd m_fd;
    bool m_connected = false;
    bool m_established = false;
    bool m_heard = false;  // anything at all, from the other side
    std::optional<Tls> m_tls;
};

}  // namespace redis
