#include "commands/execute.hpp"
#include "commands/print.hpp"
#include "commands/this_version.hpp"
#include "options/libraries.hpp"
#include "redis/libraries.hpp"
#include "terminal/full_screen.hpp"

#include <fmt/format.h>

namespace commands {

namespace {

// The version of OpenSSL is that of the library that runs: in a program that links dynamically, `apt upgrade` mends it.
std::string details()
{
    const options::Libraries texts = options::libraries();
    const redis::Libraries server = redis::libraries();
    return fmt::format("commit {}\nbuild {}\nOpenSSL {}\nhiredis {}\nCLI11 {}\nfmt {}.{}.{}\ntoml++ {}\n{}\n",
                       *k_commit != '\0' ? k_commit : "not known", LIMITERS_BUILD, server.openssl, server.hiredis,
                       texts.cli11, FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100, texts.tomlplusplus,
                       terminal::library_of_screens());
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& /*global*/, const options::VersionOptions& options)
{
    print(fmt::format("limiters {}\n{}", k_version, options.detailed ? details() : ""));
    return base::ExitCode::ok;
}

}  // namespace commands
