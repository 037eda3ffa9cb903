#include "redis/socket.hpp"

#include "base/error.hpp"
#include "redis/unavailable.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <nss.h>
#include <poll.h>
#include <resolv.h>
#include <sys/un.h>

#include <memory>

namespace redis {

namespace {

template <typename T>
Address address_from(const T& bytes)
{
    Address address;
    std::memcpy(&address.bytes, &bytes, sizeof bytes);
    address.size = sizeof bytes;
    return address;
}

Address unix_address(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address_from(address);
}

bool add_ipv4(const std::string& host, std::uint16_t port, std::vector<Address>& out)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
        return false;
    out.push_back(address_from(address));
    return true;
}

bool add_ipv6(const std::string& host, std::uint16_t port, std::vector<Address>& out)
{
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    if (::inet_pton(AF_INET6, host.c_str(), &address.sin6_addr) != 1)
        return false;
    out.push_back(address_from(address));
    return true;
}

// Called before each look-up, because glibc goes back to its own values at the look-up after a second res_init(3).
void configure_resolver()
{
    [[maybe_unused]] static const int initialised = [] {
        ::__nss_configure_lookup("hosts", "files dns");
        return ::res_init();
    }();
    _res.retrans = 1;  // seconds: a name server that is away must not cost more than Redis itself may
    _res.retry = 1;
}

void look_up(const std::string& host, std::uint16_t port, std::vector<Address>& out)
{
    configure_resolver();
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (error != 0)
        throw Unavailable(fmt::format("the host name is not known: {}", ::gai_strerror(error)));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        Address address;
        std::memcpy(&address.bytes, one->ai_addr, one->ai_addrlen);
        address.size = one->ai_addrlen;
        out.push_back(address);
    }
}

bool would_block(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

std::vector<Address> addresses_of(const Node& node)
{
    std::vector<Address> out;
    if (node.host.empty()) {
        out.push_back(unix_address(node.path));
    } else if (node.host == "localhost") {
        add_ipv4("127.0.0.1", node.port, out);
        add_ipv6("::1", node.port, out);
    } else if (!add_ipv4(node.host, node.port, out) && !add_ipv6(node.host, node.port, out)) {
        look_up(node.host, node.port, out);
    }
    return out;
}

Socket::Socket(const Node& node, const TlsOptions* tls)
    : m_host(node.host), m_tls_options(tls), m_addresses(addresses_of(node))
{
    connect_next();
}

void Socket::connect_next()
{
    int error = 0;
    while (m_next < m_addresses.size()) {
        const Address& address = m_addresses[m_next++];
        m_fd.reset(::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!m_fd) {
            if (errno == EMFILE)  // a limit of this process: no server can help, nor time
                throw base::os_error("socket");
            error = errno;
            continue;
        }
        if (address.bytes.ss_family != AF_UNIX) {
            const int on = 1;  // requests are small and each is awaited
            ::setsockopt(m_fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        }
        if (::connect(m_fd.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0) {
            m_connected = true;
            return;
        }
        // EAGAIN is a Unix socket whose backlog is full (connect(2)): try again later, as for a refusal.
        error = errno;
        if (error == EINPROGRESS)
            return;
    }
    throw Unavailable(std::strerror(error));
}

bool Socket::connected()
{
    if (m_connected)
        return true;
    int error = 0;
    socklen_t size = sizeof error;
    sockaddr_storage peer{};
    socklen_t peer_size = sizeof peer;
    if (::getsockopt(m_fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    if (error == 0 && ::getpeername(m_fd.get(), reinterpret_cast<sockaddr*>(&peer), &peer_size) == 0)
        m_connected = true;
    else if (error != 0 && m_next == m_addresses.size())
        throw Unavailable(std::strerror(error));
    else if (error != 0)
        connect_next();
    return m_connected;
}

bool Socket::established()
{
    if (m_established || !connected())
        return m_established;
    if (m_tls_options != nullptr && !m_tls)
        m_tls.emplace(m_fd.get(), *m_tls_options, m_host);
    m_established = !m_tls || m_tls->handshake();
    return m_established;
}

short Socket::events() const
{
    return m_tls ? m_tls->events() : static_cast<short>(POLLOUT);
}

std::size_t Socket::write(std::string_view bytes)
{
    if (m_tls)
        return m_tls->write(bytes);
    const ssize_t n = ::send(m_fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0)
        return static_cast<std::size_t>(n);
    if (would_block(errno))
        return 0;
    throw Unavailable(std::strerror(errno));
}

std::size_t Socket::read(std::span<char> buffer)
{
    if (m_tls)
        return m_tls->read(buffer);
    const ssize_t n = ::recv(m_fd.get(), buffer.data(), buffer.size(), 0);
    if (n > 0) {
        m_heard = true;
        return static_cast<std::size_t>(n);
    }
    if (n < 0 && would_block(errno))
        return 0;
    // A port that wants TLS hangs up on whoever speaks plainly.
    throw Unavailable(fmt::format("{}{}", n == 0 ? "the server closed the connection" : std::strerror(errno),
                                  m_heard || m_host.empty() ? "" : " (before any answer; is it a rediss:// port?)"));
}

}  // namespace redis
