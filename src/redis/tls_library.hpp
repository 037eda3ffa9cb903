// OpenSSL with what a client of TLS needs, and no more.
#pragma once

struct ossl_lib_ctx_st;

namespace redis {

// Sets OpenSSL up, without /etc/ssl/openssl.cnf, because that may name modules, which a static binary must not load.
// Returns the library to make contexts in, the same one at each call; null for OpenSSL's own.
// `shows_key`: whether files with a key of ours are read.
ossl_lib_ctx_st* library_for_client(bool shows_key);

// Text for the error that OpenSSL noted first; it forgets all of them.
const char* first_error();

}  // namespace redis
