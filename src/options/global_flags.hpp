// The options that all subcommands have.
#pragma once

#include "options/flag.hpp"

namespace options {

inline constexpr std::int64_t k_second = 1000000;

inline constexpr Flag k_redis{
    .name = "redis",
    .value = "URL",
    .by_default = "a private local server",
    .help = "Redis or Valkey, see below",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_password_file{
    .name = "password-file",
    .value = "FILE",
    .help = "holds the password in its first line",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_tls_ca{
    .name = "tls-ca",
    .value = "PATH",
    .by_default = "the system's",
    .help = "PEM file or folder of authorities",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_tls_cert{
    .name = "tls-cert",
    .value = "FILE",
    .help = "certificate to show to the server, PEM",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_tls_key{
    .name = "tls-key",
    .value = "FILE",
    .help = "its private key, PEM",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_tls_server_name{
    .name = "tls-server-name",
    .value = "NAME",
    .by_default = "the URL's host",
    .help = "server name to verify",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_tls_insecure{
    .name = "tls-insecure",
    .type = Type::on,
    .help = "do not verify the server",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_key_prefix{
    .name = "key-prefix",
    .value = "P",
    .by_default = "limiters",
    .help = "first part of every key",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_redis_timeout{
    .name = "redis-timeout",
    .type = Type::duration,
    .value = "D",
    .low = k_second / 100,
    .high = 3600 * k_second,
    .by_default = "5s",
    .help = "how long reaching Redis may take",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_quiet{
    .name = "quiet",
    .letter = 'q',
    .type = Type::on,
    .help = "no notices and warnings, only errors",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_verbose{
    .name = "verbose",
    .letter = 'v',
    .type = Type::on,
    .help = "tell server, wait and place in the queue",
    .from = From::file,
    .subcommands = on::global,
};

inline constexpr Flag k_config{
    .name = "config",
    .value = "FILE",
    .help = "the only configuration file to read",
    .from = From::variable,
    .subcommands = on::global,
};

}  // namespace options
