// What --tls-… says.
#pragma once

#include "base/exit_code.hpp"

#include <string>

namespace redis {

// Of a PEM file, and where it was said: --tls-ca (usage error), LIMITERS_TLS_CA (configuration error).
struct TlsPath {
    std::string text;  // empty: not given
    std::string label;
    base::ExitCode code = base::ExitCode::usage;
};

struct TlsOptions {
    TlsPath ca;           // a file or a hashed folder; empty: the system's
    TlsPath certificate;  // of this client, with its chain
    TlsPath key;
    std::string server_name;  // that the certificate must name; empty: the host of the URL
    bool insecure = false;    // the certificate is not looked at
};

}  // namespace redis
