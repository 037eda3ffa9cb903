// TLS over a non-blocking socket, with OpenSSL. The certificate is verified, and must name the host.
#pragma once

#include "redis/tls_options.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

struct bio_st;
struct ssl_ctx_st;
struct ssl_st;

namespace redis {

class Tls {
public:
    // The socket stays the caller's and must be connected, and the options too. `host` is what the certificate must
    // name, unless the options say otherwise. Throws Error for a file that cannot be read, with the code of its
    // TlsPath.
    Tls(int fd, const TlsOptions& options, const std::string& host);

    // True once the handshake is done; never blocks. Throws Rejected for a certificate that is not good, here or
    // there, or an other side that does not speak TLS: trying again would not mend it. Throws Unavailable if it has
    // gone, and Error as above.
    bool handshake();

    // How many bytes were taken or given, 0 if that would block. Throws Unavailable when the other side is gone,
    // Rejected if it says before its first answer that it will not have us: in TLS 1.3 our certificate is looked at
    // after the handshake.
    std::size_t write(std::string_view bytes);
    std::size_t read(std::span<char> buffer);

    // What the last call waits for: POLLIN or POLLOUT.
    [[nodiscard]] short events() const { return m_events; }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
        void operator()(ssl_st* connection) const;
    };

    int say_hello();
    std::size_t done_or_blocked(int result);
    void throw_if_alerted() const;
    [[nodiscard]] std::string advice() const;

    const TlsOptions& m_options;
    bool m_hears = false;  // what the server says
    bool m_heard = false;  // anything, since the handshake
    std::unique_ptr<ssl_ctx_st, Free> m_context;
    std::unique_ptr<ssl_st, Free> m_ssl;
    bio_st* m_bio = nullptr;  // of m_ssl
    short m_events;
};

}  // namespace redis
