#include "redis/libraries.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <openssl/crypto.h>

namespace redis {

Libraries libraries()
{
    return {OpenSSL_version(OPENSSL_VERSION_STRING),
            fmt::format("{}.{}.{}", HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH)};
}

}  // namespace redis
