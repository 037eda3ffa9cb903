// How to speak TLS with the server, as the settings say.
#pragma once

#include "base/exit_code.hpp"

#include <string>

namespace redis {

// The path of a PEM file, and where that path was said, which decides the exit code of an error: on the command line
// (usage), or in a variable or a file (configuration).
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
