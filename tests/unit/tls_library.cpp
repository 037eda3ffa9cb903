#include "redis/tls_library.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace {

// What a client says first (RFC 8446 section 4.1.2), as far as it says which algorithms it has.
struct Hello {
    std::string ciphers;
    std::map<std::size_t, std::string> extensions;
};

class Reader {
public:
    explicit Reader(std::string bytes) : m_bytes(std::move(bytes)) {}

    std::string take(std::size_t size)
    {
        REQUIRE(m_at + size <= m_bytes.size());
        m_at += size;
        return m_bytes.substr(m_at - size, size);
    }

    std::size_t number(std::size_t size)
    {
        std::size_t number = 0;
        for (const char byte : take(size))
            number = number * 256 + static_cast<unsigned char>(byte);
        return number;
    }

    // Bytes behind a number that tells how many.
    std::string counted(std::size_t size) { return take(number(size)); }

    [[nodiscard]] bool done() const { return m_at == m_bytes.size(); }

private:
    std::string m_bytes;
    std::size_t m_at = 0;
};

Hello hello_of(OSSL_LIB_CTX* library)
{
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new_ex(library, nullptr, TLS_client_method()), SSL_CTX_free);
    REQUIRE(context);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), SSL_free);
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);
    SSL_set_connect_state(ssl.get());
    SSL_do_handshake(ssl.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);

    Reader reader(std::string(data, static_cast<std::size_t>(size)));
    reader.take(5 + 4 + 2 + 32);  // headers, version, random
    reader.counted(1);            // session
    Hello hello;
    hello.ciphers = reader.counted(2);
    reader.counted(1);  // compression
    Reader extensions(reader.counted(2));
    while (!extensions.done()) {
        const std::size_t type = extensions.number(2);
        hello.extensions[type] = extensions.counted(2);
    }
    hello.extensions[TLSEXT_TYPE_key_share].resize(4);  // which group; the rest is a new key
    return hello;
}

}  // namespace

TEST_CASE("to a server we offer all that OpenSSL offers unasked")
{
    const Hello ours = hello_of(redis::library_for_client(false));
    const Hello usual = hello_of(nullptr);
    CHECK(ours.ciphers == usual.ciphers);
    CHECK(ours.ciphers.size() > 20);
    CHECK(ours.extensions == usual.extensions);
    CHECK(ours.extensions.contains(TLSEXT_TYPE_signature_algorithms));
}
