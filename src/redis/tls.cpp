#include "redis/tls.hpp"

#include "base/advice.hpp"
#include "base/error.hpp"
#include "redis/tls_library.hpp"
#include "redis/tls_socket_bio.hpp"
#include "redis/unavailable.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <new>

namespace redis {

namespace {

using base::Advice;
using base::Error;
using base::ExitCode;

// Where distributions keep their authorities. A hashed folder costs nothing until it is asked; a whole bundle takes
// 25 ms to read, so it is the last choice.
constexpr std::array<const char*, 2> k_system_folders{"/etc/ssl/certs", "/etc/pki/tls/certs"};
constexpr std::array<const char*, 4> k_system_bundles{"/etc/ssl/certs/ca-certificates.crt",
                                                      "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                                      "/etc/ssl/cert.pem"};

std::string reason()
{
    return first_error();
}

bool is_folder(const std::string& path)
{
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

[[noreturn]] void reject(const TlsPath& path, std::string_view why)
{
    throw Error(path.code, "{} '{}': {}", path.label, path.text, why);
}

// Throws what OpenSSL says of a file that it could not read. Too few descriptors are no fault of the setting, and get
// the code of a system call that failed.
[[noreturn]] void reject_unread(const TlsPath& path)
{
    const unsigned long code = ERR_peek_error();
    if (ERR_GET_LIB(code) == ERR_LIB_SYS && (ERR_GET_REASON(code) == EMFILE || ERR_GET_REASON(code) == ENFILE))
        throw Error(ExitCode::os_error, "{} '{}': {}", path.label, path.text, reason());
    reject(path, reason());
}

// Only a regular file will do: to open a named pipe is to wait for its writer, while signals are blocked, and any pipe
// is empty at the next connection.
void require_file(const TlsPath& path)
{
    struct stat status {};
    if (::stat(path.text.c_str(), &status) != 0)
        reject(path, std::strerror(errno));
    if (!S_ISREG(status.st_mode))
        reject(path, "not a file; a pipe will not do, it is read again at each connection");
}

void trust(SSL_CTX* context, const TlsPath& path)
{
    const bool folder = is_folder(path.text);
    if (!folder)
        require_file(path);
    const int loaded = folder ? SSL_CTX_load_verify_dir(context, path.text.c_str())
                              : SSL_CTX_load_verify_file(context, path.text.c_str());
    if (loaded != 1)
        reject_unread(path);
}

// A hashed folder holds links named by eight hex digits, a point and a number (openssl-rehash(1)). A container may have
// the bundle alone in the same place.
bool is_hashed(const char* folder)
{
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder), ::closedir);
    while (const dirent* entry = entries ? ::readdir(entries.get()) : nullptr) {
        const std::string_view name = entry->d_name;
        if (name.find_first_not_of("0123456789abcdef") == 8 && name[8] == '.')
            return true;
    }
    return false;
}

void trust_system(SSL_CTX* context)
{
    for (const char* folder : k_system_folders)
        if (is_hashed(folder) && SSL_CTX_load_verify_dir(context, folder) == 1)
            return;
    for (const char* bundle : k_system_bundles)
        if (::access(bundle, R_OK) == 0 && SSL_CTX_load_verify_file(context, bundle) == 1)
            return;
    throw Error(ExitCode::usage, "no certificate authorities in the usual places: {}",
                base::advice(Advice::give_authorities));
}

// Stands in place of OpenSSL's own callback, which asks on the terminal, deaf to signals, or takes a line of CMD's
// stdin.
int give_no_pass_phrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked)
{
    *static_cast<bool*>(asked) = true;
    return -1;
}

void show_own_certificate(SSL_CTX* context, const TlsOptions& options)
{
    const TlsPath& certificate = options.certificate;
    const TlsPath& key = options.key;
    if (certificate.text.empty() != key.text.empty())
        reject(key.text.empty() ? certificate : key, base::advice(Advice::give_certificate_and_key));
    if (certificate.text.empty())
        return;
    require_file(certificate);
    require_file(key);
    bool encrypted = false;
    SSL_CTX_set_default_passwd_cb(context, give_no_pass_phrase);
    SSL_CTX_set_default_passwd_cb_userdata(context, &encrypted);
    if (SSL_CTX_use_certificate_chain_file(context, certificate.text.c_str()) != 1)
        reject_unread(certificate);
    const bool loaded = SSL_CTX_use_PrivateKey_file(context, key.text.c_str(), SSL_FILETYPE_PEM) == 1;
    if (encrypted)
        reject(key,
               "the key is encrypted, and nobody is asked for its pass phrase: give one that 'openssl pkey -in KEY "
               "-out NEW' has decrypted");
    if (!loaded)
        reject_unread(key);
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);  // the flag ends with this function
}

void require_name(SSL* ssl, const std::string& name)
{
    X509_VERIFY_PARAM* const wanted = SSL_get0_param(ssl);
    if (X509_VERIFY_PARAM_set1_ip_asc(wanted, name.c_str()) == 1)
        return;
    ERR_clear_error();
    // This call is SSL_set_tlsext_host_name(3), which is a macro with a C cast in it.
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str()));
    if (SSL_set1_host(ssl, name.c_str()) != 1)
        throw Error(ExitCode::usage, "{} '{}': {}", base::advice(Advice::certificate_name), name, reason());
}

SSL_CTX* new_context(bool shows_key)
{
    SSL_CTX* context = SSL_CTX_new_ex(library_for_client(shows_key), nullptr, TLS_client_method());
    if (context == nullptr)
        throw std::bad_alloc();
    return context;
}

}  // namespace

void Tls::Free::operator()(ssl_ctx_st* context) const
{
    SSL_CTX_free(context);
}

void Tls::Free::operator()(ssl_st* connection) const
{
    SSL_free(connection);
}

Tls::Tls(int fd, const TlsOptions& options, const std::string& host)
    : m_options(options), m_context(new_context(!options.key.text.empty())), m_events(POLLOUT)
{
    SSL_CTX_set_min_proto_version(m_context.get(), TLS1_2_VERSION);
    SSL_CTX_set_mode(m_context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    show_own_certificate(m_context.get(), options);
    if (!options.insecure)
        SSL_CTX_set_verify(m_context.get(), SSL_VERIFY_PEER, nullptr);
    m_ssl.reset(SSL_new(m_context.get()));
    if (!m_ssl)
        throw std::bad_alloc();
    require_name(m_ssl.get(), options.server_name.empty() ? host : options.server_name);
    m_bio = socket_bio(fd);
    BIO* const nothing_yet = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(nothing_yet, -1);
    SSL_set_bio(m_ssl.get(), nothing_yet, m_bio);
    SSL_set_connect_state(m_ssl.get());
}

// The authorities are read while the server works on what was said first, and before its certificate is heard.
int Tls::say_hello()
{
    const int result = SSL_do_handshake(m_ssl.get());
    if (m_hears)
        return result;
    if (!m_options.insecure && m_options.ca.text.empty())
        trust_system(m_context.get());
    else if (!m_options.insecure)
        trust(m_context.get(), m_options.ca);
    BIO_up_ref(m_bio);
    SSL_set0_rbio(m_ssl.get(), m_bio);
    m_hears = true;
    return SSL_do_handshake(m_ssl.get());
}

bool Tls::handshake()
{
    const int result = say_hello();
    if (result == 1)
        return true;
    const int error = SSL_get_error(m_ssl.get(), result);
    if (error == SSL_ERROR_SSL) {
        const long verified = SSL_get_verify_result(m_ssl.get());
        if (!m_options.insecure && verified != X509_V_OK)
            throw Rejected(ExitCode::unavailable, fmt::format("shows a certificate that is not good: {}; {}",
                                                              X509_verify_cert_error_string(verified),
                                                              base::advice(Advice::trust_certificate)));
        throw_if_alerted();
        throw Rejected(ExitCode::unavailable,
                       fmt::format("fails in the TLS handshake: {}; does this port speak TLS?", reason()));
    }
    done_or_blocked(result);
    return false;
}

std::size_t Tls::write(std::string_view bytes)
{
    const int result = SSL_write(m_ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (result <= 0 && !m_heard && SSL_get_error(m_ssl.get(), result) == SSL_ERROR_SYSCALL) {
        std::array<char, 1> byte{};  // the other side has hung up: what it said before is still to be read
        return read(byte);
    }
    return done_or_blocked(result);
}

std::size_t Tls::read(std::span<char> buffer)
{
    const std::size_t n = done_or_blocked(SSL_read(m_ssl.get(), buffer.data(), static_cast<int>(buffer.size())));
    m_heard = m_heard || n > 0;
    return n;
}

std::size_t Tls::done_or_blocked(int result)
{
    if (result > 0)
        return static_cast<std::size_t>(result);
    const int saved = errno;
    const std::string hint = m_heard ? "TLS" : "TLS; " + advice();
    switch (SSL_get_error(m_ssl.get(), result)) {
    case SSL_ERROR_WANT_READ: m_events = POLLIN; return 0;
    case SSL_ERROR_WANT_WRITE: m_events = POLLOUT; return 0;
    case SSL_ERROR_SSL:
        if (!m_heard)
            throw_if_alerted();
        throw Unavailable(fmt::format("{} ({})", reason(), hint));
    default:
        ERR_clear_error();
        throw Unavailable(fmt::format(
            "{} ({})", saved != 0 && saved != EAGAIN ? std::strerror(saved) : "the server closed the connection",
            hint));
    }
}

// An alert is a word of the other side about us, not a broken connection; but internal_error has nothing to do with us
// (RFC 8446 section 6.2), and a server without memory sends it.
void Tls::throw_if_alerted() const
{
    const unsigned long code = ERR_peek_error();
    const int alert = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) - SSL_AD_REASON_OFFSET : 0;
    if (alert == SSL_AD_INTERNAL_ERROR)
        throw Unavailable(fmt::format("{} (TLS)", reason()));
    if (alert > 0)
        throw Rejected(ExitCode::unavailable, fmt::format("refuses us in TLS: {}; {}", reason(), advice()));
}

std::string Tls::advice() const
{
    return std::string(base::advice(m_options.certificate.text.empty() ? Advice::show_own_certificate
                                                                       : Advice::have_own_certificate_trusted));
}

}  // namespace redis
