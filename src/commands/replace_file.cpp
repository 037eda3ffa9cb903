#include "commands/replace_file.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace commands {

namespace {

// A file beside the one that it is to replace, because rename(2) does not leave a file system. Its name has another
// end, since a collector reads what ends as the file itself does. The file goes with this object unless it was renamed.
class Beside {
public:
    explicit Beside(const std::string& path) : m_target(path), m_path(path + ".XXXXXX"), m_fd(::mkstemp(m_path.data()))
    {
        if (!m_fd)
            fail();
    }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    ~Beside()
    {
        if (!m_renamed)
            ::unlink(m_path.c_str());
    }

    void write(std::string_view text)
    {
        while (!text.empty()) {
            const ssize_t size = ::write(m_fd.get(), text.data(), text.size());
            if (size < 0 && errno != EINTR)
                fail();
            text.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
        }
    }

    // The file can be read as widely as any that is made, because a collector may be another user.
    void replace()
    {
        const mode_t mask = ::umask(0);
        ::umask(mask);
        if (::fchmod(m_fd.get(), 0666 & ~mask) != 0 || ::rename(m_path.c_str(), m_target.c_str()) != 0)
            fail();
        m_renamed = true;
    }

private:
    [[noreturn]] void fail() const
    {
        throw base::Error(base::ExitCode::os_error, "write {}: {}", m_target, std::strerror(errno));
    }

    const std::string& m_target;
    std::string m_path;
    base::Fd m_fd;
    bool m_renamed = false;
};

// A rename also takes the place of a device, a pipe or a link: for root even of /dev/null, and of /dev/stdout.
void refuse_what_is_no_file(const std::string& path)
{
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
        throw base::Error(base::ExitCode::os_error, "write {}: it is there and no regular file, so it is not replaced",
                          path);
}

}  // namespace

void replace_file(const std::string& path, const std::string& text)
{
    refuse_what_is_no_file(path);
    Beside file(path);
    file.write(text);
    file.replace();
}

}  // namespace commands
