// A session with a server of which only the answers are known: this file stands in the place of redis/socket.cpp, takes
// whatever is written, and gives the bytes of the input, to one connection after the other.
#include "targets.hpp"

#include "limiter/semaphore.hpp"
#include "redis/session.hpp"
#include "redis/unavailable.hpp"

#include <algorithm>

namespace {

std::string_view g_input;
std::size_t g_piece = 1;  // so many bytes come at once

}  // namespace

namespace redis {

std::vector<Address> addresses_of(const Node& /*node*/)
{
    return {};
}

Socket::Socket(const Node& node, const TlsOptions* tls) : m_host(node.host), m_tls_options(tls) {}

void Socket::connect_next() {}

bool Socket::connected()
{
    return true;
}

bool Socket::established()
{
    return true;
}

short Socket::events() const
{
    return 0;
}

std::size_t Socket::write(std::string_view bytes)
{
    return bytes.size();
}

std::size_t Socket::read(std::span<char> buffer)
{
    if (g_input.empty())
        throw Unavailable("the server closed the connection");
    const std::size_t count = g_input.copy(buffer.data(), std::min(buffer.size(), g_piece));
    g_input.remove_prefix(count);
    return count;
}

}  // namespace redis

namespace {

redis::Server server_of(unsigned kind)
{
    redis::Server server;
    server.nodes = {{"a", 6379, {}}};
    if ((kind & 1) != 0)
        server.nodes.push_back({"b", 6379, {}});
    if ((kind & 2) != 0)
        server.service = "main";
    if ((kind & 4) != 0)
        server.password = base::Secret("secret");
    if ((kind & 8) != 0)
        server.database = 3;
    return server;
}

void ask(redis::Session& session, limiter::Semaphore& semaphore, bool script)
{
    session.start(script ? semaphore.acquire({}) : semaphore.wait_for_wake(base::Micros(1000000)));
    while (session.waiting())
        if (const auto reply = session.advance(); reply && script)
            semaphore.acquired(*reply);
}

}  // namespace

void fuzz::answers(std::string_view bytes)
{
    if (bytes.empty())
        return;
    const auto kind = static_cast<unsigned char>(bytes.front());
    g_input = bytes.substr(1);
    g_piece = (kind & 64) != 0 ? 1 : 4096;
    limiter::SemaphoreOptions options;
    options.lease = base::Micros(30000000);
    options.replicas = (kind & 16) != 0 ? 2 : 0;
    limiter::Semaphore semaphore(options);
    redis::Session session(server_of(kind), base::Micros(1000000));
    const auto check = [bytes](std::string_view told) {
        const bool knows_it = bytes.find("secret") != bytes.npos;
        require(knows_it || told.find("secret") == told.npos, "it tells the password");
    };
    try {
        while (!g_input.empty())
            try {
                ask(session, semaphore, (kind & 32) == 0);
            } catch (const redis::Unavailable& why) {
                check(why.what());
            }
    } catch (const base::Error& error) {
        check(error.what());
    }
}
