// What --tls-… says. Paths of PEM files; an empty one was not given.
#pragma once

#include <string>

namespace redis {

struct TlsOptions {
    std::string ca;           // a file or a hashed folder; empty: the system's
    std::string certificate;  // of this client, with its chain
    std::string key;
    std::string server_name;  // that the certificate must name; empty: the host of the URL
    bool insecure = false;    // the certificate is not looked at
};

}  // namespace redis
