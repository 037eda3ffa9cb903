#include "targets.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "options/config_file.hpp"

#include <fmt/format.h>

#include <sys/mman.h>
#include <unistd.h>

void fuzz::config(std::string_view text)
{
    const base::Fd file(::memfd_create("limiters.toml", MFD_CLOEXEC));
    if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return;
    try {
        options::read_config_files(fmt::format("/proc/self/fd/{}", file.get()));
    } catch (const base::Error& error) {
        require(error.code() == base::ExitCode::config, "another code than 78");
    }
}
