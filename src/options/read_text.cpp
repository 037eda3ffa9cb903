#include "options/read_text.hpp"

#include "base/fd.hpp"

#include <fcntl.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace options {

namespace {

constexpr std::size_t k_most_text = 1048576;
constexpr int k_patience_ms = 5000;

// Opens without blocking: to open a named pipe would be to wait for its writer, for ever if none comes.
base::Fd open(const std::string& path)
{
    base::Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file)
        throw Unreadable(std::strerror(errno));
    return file;
}

// The next bytes; none at the end of the file.
std::string_view next_part(const base::Fd& file, std::array<char, 4096>& buffer)
{
    for (int patience = k_patience_ms;; patience = -1) {
        pollfd ready{file.get(), POLLIN, 0};
        const bool in_time = ::poll(&ready, 1, patience) != 0;
        const ssize_t n = ::read(file.get(), buffer.data(), buffer.size());
        if (n > 0)
            return {buffer.data(), static_cast<std::size_t>(n)};
        if (n == 0 && !in_time)
            throw Unreadable("a pipe that nothing writes to");
        if (n == 0)
            return {};
        if (errno != EAGAIN && errno != EINTR)
            throw Unreadable(std::strerror(errno));
    }
}

}  // namespace

std::string read_text(const std::string& path, std::optional<char> end)
{
    const base::Fd file = open(path);
    std::array<char, 4096> buffer{};
    std::string text;
    for (;;) {
        const std::string_view part = next_part(file, buffer);
        const std::size_t stop = end ? part.find(*end) : std::string_view::npos;
        text += part.substr(0, stop);
        if (text.size() > k_most_text)
            throw Unreadable("longer than 1 MiB");
        if (part.empty() || stop != std::string_view::npos)
            return text;
    }
}

}  // namespace options
