#include "redis/tls_library.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/cryptoerr_legacy.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <openssl/sslerr_legacy.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <string_view>
#include <vector>

// The set that OpenSSL calls "default". It is no part of the promised interface, and cannot be reached in a shared
// library, where it is null; its type is OSSL_provider_init_fn in all releases of 3.
extern "C" [[gnu::weak]] OSSL_provider_init_fn ossl_default_provider_init;

namespace redis {

namespace {

// Making an SSL_CTX asks for each of its ciphers and digests by name, and the first question makes an object of
// every one that there is; a key in a certificate asks likewise for all that can read one. That is half the time of a
// run over TLS. These are in no cipher suite that OpenSSL offers unasked, and no certificate is signed with them.
struct Unused {
    int operation;
    std::string_view part;  // of the names
};

constexpr std::array k_unused{
    Unused{OSSL_OP_CIPHER, "ARIA"},    Unused{OSSL_OP_CIPHER, "CAMELLIA"}, Unused{OSSL_OP_CIPHER, "SM4"},
    Unused{OSSL_OP_CIPHER, "WRAP"},    Unused{OSSL_OP_CIPHER, "-192-"},    Unused{OSSL_OP_CIPHER, "-CFB"},
    Unused{OSSL_OP_CIPHER, "-OFB"},    Unused{OSSL_OP_CIPHER, "-XTS"},     Unused{OSSL_OP_CIPHER, "-OCB"},
    Unused{OSSL_OP_CIPHER, "-SIV"},    Unused{OSSL_OP_CIPHER, "-CTS"},     Unused{OSSL_OP_CIPHER, "DES"},
    Unused{OSSL_OP_CIPHER, "-CCM"},    Unused{OSSL_OP_DIGEST, "KECCAK"},   Unused{OSSL_OP_DIGEST, "BLAKE2"},
    Unused{OSSL_OP_DIGEST, "SM3"},     Unused{OSSL_OP_DIGEST, "RIPEMD"},   Unused{OSSL_OP_DIGEST, "SHAKE-128"},
    Unused{OSSL_OP_MAC, "BLAKE2"},     Unused{OSSL_OP_MAC, "KMAC"},        Unused{OSSL_OP_MAC, "SIPHASH"},
    Unused{OSSL_OP_KEYMGMT, "SM2"},    Unused{OSSL_OP_KEYMGMT, "SCRYPT"},  Unused{OSSL_OP_KEYMGMT, "SIPHASH"},
    Unused{OSSL_OP_KEYMGMT, "CMAC"},   Unused{OSSL_OP_SIGNATURE, "SM2"},   Unused{OSSL_OP_SIGNATURE, "SIPHASH"},
    Unused{OSSL_OP_SIGNATURE, "CMAC"}, Unused{OSSL_OP_KDF, "SSHKDF"},      Unused{OSSL_OP_KDF, "KRB5KDF"},
    Unused{OSSL_OP_KDF, "X942KDF"},
};

// Keys of these kinds sign nothing, so no certificate has one.
constexpr std::array<std::string_view, 4> k_no_signers{"DH", "X25519", "X448", "SM2"};

bool g_shows_key = false;
OSSL_FUNC_provider_query_operation_fn* g_query_all = nullptr;

bool is_wanted(int operation, std::string_view names, std::string_view properties)
{
    const auto has = [](std::string_view text, std::string_view part) { return text.find(part) != text.npos; };
    if (std::any_of(k_unused.begin(), k_unused.end(),
                    [&](const Unused& unused) { return unused.operation == operation && has(names, unused.part); }))
        return false;
    // Keys of certificates are in the form that X.509 prescribes, and there are no files with keys but ours.
    if (operation == OSSL_OP_DECODER && !g_shows_key)
        return has(properties, "input=pem") ||
               (has(properties, "structure=SubjectPublicKeyInfo") &&
                std::none_of(k_no_signers.begin(), k_no_signers.end(), [&](auto key) { return has(names, key); }));
    return true;
}

const OSSL_ALGORITHM* query(void* provider, int operation, int* no_cache)
{
    static std::map<int, std::vector<OSSL_ALGORITHM>> wanted;
    const OSSL_ALGORITHM* all = g_query_all(provider, operation, no_cache);
    if (all == nullptr)
        return nullptr;
    std::vector<OSSL_ALGORITHM>& some = wanted[operation];
    if (some.empty()) {
        for (; all->algorithm_names != nullptr; ++all)
            if (is_wanted(operation, all->algorithm_names, all->property_definition))
                some.push_back(*all);
        some.push_back({});
    }
    return some.data();
}

// The default set, with a query of our own in its table of functions.
int begin(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH* in, const OSSL_DISPATCH** out, void** provider)
{
    static std::vector<OSSL_DISPATCH> functions;
    if (ossl_default_provider_init(handle, in, out, provider) != 1)
        return 0;
    functions.clear();
    for (const OSSL_DISPATCH* one = *out; one->function_id != 0; ++one) {
        functions.push_back(*one);
        if (one->function_id != OSSL_FUNC_PROVIDER_QUERY_OPERATION)
            continue;
        g_query_all = OSSL_FUNC_provider_query_operation(one);
        functions.back().function = reinterpret_cast<void (*)()>(query);
    }
    functions.push_back({});
    *out = functions.data();
    return g_query_all != nullptr ? 1 : 0;
}

OSSL_LIB_CTX* new_library()
{
    if (ossl_default_provider_init == nullptr)
        return nullptr;
    OSSL_LIB_CTX* library = OSSL_LIB_CTX_new();
    if (library != nullptr && OSSL_PROVIDER_add_builtin(library, "limiters", begin) == 1 &&
        OSSL_PROVIDER_load(library, "limiters") != nullptr)
        return library;
    OSSL_LIB_CTX_free(library);
    return nullptr;
}

}  // namespace

OSSL_LIB_CTX* library_for_client(bool shows_key)
{
    static OSSL_LIB_CTX* const library = [shows_key] {
        g_shows_key = shows_key;
        // Texts of errors are loaded when there is an error; names of algorithms as OpenSSL 1 had them are for
        // encrypted keys.
        const std::uint64_t names = shows_key ? 0 : OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS;
        OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
                             OPENSSL_INIT_NO_LOAD_SSL_STRINGS | names,
                         nullptr);
        // OpenSSL takes a certificate for weak if its digest has no such name. MD5 and SHA-1 are too weak anyway.
        if (!shows_key)
            for (const EVP_MD* digest :
                 {EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512(), EVP_sha512_224(), EVP_sha512_256(),
                  EVP_sha3_224(), EVP_sha3_256(), EVP_sha3_384(), EVP_sha3_512()})
                EVP_add_digest(digest);
        return new_library();
    }();
    return library;
}

// The calls that load texts at a moment of our choice are called old, in favour of loading all before it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
const char* first_error()
{
    [[maybe_unused]] static const int loaded =
        ERR_load_ERR_strings() + ERR_load_CRYPTO_strings() + ERR_load_BIO_strings() + ERR_load_ASN1_strings() +
        ERR_load_PEM_strings() + ERR_load_X509_strings() + ERR_load_X509V3_strings() + ERR_load_EVP_strings() +
        ERR_load_RSA_strings() + ERR_load_EC_strings() + ERR_load_DH_strings() + ERR_load_PKCS12_strings() +
        ERR_load_RAND_strings() + ERR_load_OBJ_strings() + ERR_load_SSL_strings();
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (ERR_GET_LIB(code) == ERR_LIB_SYS)
        return std::strerror(ERR_GET_REASON(code));
    const char* text = code != 0 ? ERR_reason_error_string(code) : nullptr;
    return text != nullptr ? text : "unknown error";
}
#pragma GCC diagnostic pop

}  // namespace redis
