#include "redis/connection.hpp"

#include "redis/fault.hpp"
#include "redis/unavailable.hpp"

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#include <array>
#include <utility>

namespace redis {

namespace {

using base::ExitCode;

// What no honest answer to any of our questions comes near: the longest may be of a cluster of which each slot has
// another owner than the next, a few MB. Without limits a hostile server makes us take all memory and hours of time.
constexpr std::size_t k_most_bytes = 8 << 20;
// hiredis looks through all of a line again after each read. Texts count as lines: the longest names 20,000 slots.
constexpr std::size_t k_longest_line = 1 << 20;
constexpr std::size_t k_most_elements = 100000;  // of one array: hiredis makes room for all that are announced

// hiredis takes a null for the end of the memory, and gives up the answer.
redisReplyObjectFunctions limited(const redisReplyObjectFunctions& usual)
{
    static const auto create_array = usual.createArray;
    redisReplyObjectFunctions functions = usual;
    functions.createArray = [](const redisReadTask* task, auto elements) {  // an int in hiredis 0.14, a size_t in 1.x
        return static_cast<std::size_t>(elements) <= k_most_elements ? create_array(task, elements) : nullptr;
    };
    return functions;
}

redisReader* create_reader()
{
    redisReader* const reader = redisReaderCreate();
    if (reader == nullptr)
        throw std::bad_alloc();
    static redisReplyObjectFunctions functions = limited(*reader->fn);
    reader->fn = &functions;
    return reader;
}

// A request is an array of strings: https://redis.io/docs/latest/develop/reference/protocol-spec/. hiredis prints each
// number with sprintf(3), which takes longer than all else that is done to ask.
void append(std::string& to, const Words& words)
{
    to += '*' + std::to_string(words.size()) + "\r\n";
    for (const std::string_view word : words) {
        to += '$' + std::to_string(word.size()) + "\r\n";
        to.append(word) += "\r\n";
    }
}

}  // namespace

void Connection::FreeReader::operator()(redisReader* reader) const
{
    redisReaderFree(reader);
}

Connection::Connection(const Server& server, const Node& node, Peer peer)
    : m_node(node), m_socket(node, server.tls ? &server.tls_options : nullptr), m_reader(create_reader())
{
    if (peer == Peer::sentinel)
        return;
    log_in(server);
    if (server.database != 0)
        greet(Greeting::select, {"SELECT", std::to_string(server.database)});
    if (peer == Peer::master)
        greet(Greeting::role, {"ROLE"});
    if (peer == Peer::importing)
        send_asking();
}

bool Connection::log_in(const Server& server)
{
    if (m_logged_in || (server.user.empty() && server.password.empty()))
        return false;
    m_logged_in = true;
    m_password = server.password;
    if (!server.user.empty())  // an empty password too: nothing may run as another user
        greet(Greeting::auth, {"AUTH", server.user, server.password.reveal()});
    else
        greet(Greeting::auth, {"AUTH", server.password.reveal()});
    return true;
}

void Connection::send_asking()
{
    send({"ASKING"});
    m_greetings.push_back(Greeting::asking);
}

void Connection::greet(Greeting greeting, const Words& words)
{
    append(m_out, words);
    m_greetings.push_back(greeting);
}

// ASKING is no entrance: without it a node only names another one.
bool Connection::entering() const
{
    return !m_greetings.empty() && m_greetings.front() != Greeting::asking;
}

void Connection::send(const Words& words)
{
    append(entering() ? m_held_back : m_out, words);
}

std::optional<Reply> Connection::receive()
{
    m_established = m_socket.established();
    if (!m_established)
        return std::nullopt;
    if (!m_out.empty()) {
        m_out.erase(0, m_socket.write(m_out));
        return parse();  // an answer to what was just written cannot be here yet: poll(2) first
    }
    for (;;) {
        if (auto reply = parse())
            return reply;
        std::array<char, 4096> buffer{};
        const std::size_t n = m_socket.read(buffer);
        if (n == 0)
            return std::nullopt;
        measure({buffer.data(), n});
        if (redisReaderFeed(m_reader.get(), buffer.data(), n) != 0)
            throw std::bad_alloc();
    }
}

// Throws Rejected once what has come of an answer is too much.
void Connection::measure(std::string_view bytes)
{
    const std::size_t line_end = bytes.rfind('\n');
    m_unparsed += bytes.size();
    m_line = line_end == bytes.npos ? m_line + bytes.size() : bytes.size() - line_end - 1;
    if (m_unparsed > k_most_bytes || m_line > k_longest_line)
        throw Rejected(ExitCode::internal, "answers more than any question is worth: is this a Redis server?");
}

std::optional<Reply> Connection::parse()
{
    for (;;) {
        void* raw = nullptr;
        if (redisReaderGetReply(m_reader.get(), &raw) != 0)
            throw Rejected(ExitCode::internal, "does not speak the Redis protocol: is this the right port?");
        if (raw == nullptr)
            return std::nullopt;
        m_unparsed = 0;
        Reply reply(static_cast<redisReply*>(raw));
        if (m_greetings.empty())
            return reply;
        const Greeting greeting = m_greetings.front();
        m_greetings.pop_front();
        require_welcome(greeting, reply);
        if (!entering())
            m_out += std::exchange(m_held_back, {});
    }
}

void Connection::require_welcome(Greeting greeting, const Reply& reply) const
{
    if (greeting == Greeting::role && !reply.is_error() && reply.text_at(0) != "master")
        throw CannotServe(fmt::format("{} is not a master any more", m_node.display()));
    if (!reply.is_error())
        return;
    switch (classify(reply.text())) {
    case Fault::retry:
    case Fault::reconnect: throw CannotServe(plain(reply.text()));
    case Fault::refused:
        throw Rejected(ExitCode::refused,
                       fmt::format("refused the login: {}; check user, password and rights", words_of(reply)));
    default: throw Rejected(ExitCode::internal, fmt::format("answered: {}; check the URL", words_of(reply)));
    }
}

// An error may quote the password, as a proxy does it: then only the kind of the error is told.
std::string Connection::words_of(const Reply& error) const
{
    std::string text = plain(error.text());
    if (m_password.empty() || text.find(m_password.reveal()) == text.npos)
        return text;
    const std::string kind = text.substr(0, text.find(' '));
    return (kind.find(m_password.reveal()) == kind.npos ? kind + " " : "") + "...";
}

std::string Connection::silence() const
{
    if (m_socket.shaking_hands())
        return fmt::format("{} does not answer the TLS handshake: does this port speak TLS?", m_node.display());
    return fmt::format("no answer from {} in time", m_node.display());
}

pollfd Connection::interest() const
{
    if (!m_established)
        return {m_socket.fd(), m_socket.events(), 0};
    return {m_socket.fd(), static_cast<short>(m_out.empty() ? POLLIN : POLLIN | POLLOUT), 0};
}

}  // namespace redis
