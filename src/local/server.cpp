#include "local/server.hpp"

#include "base/advice.hpp"
#include "base/error.hpp"
#include "local/binary.hpp"
#include "local/mounts.hpp"
#include "local/own_unit.hpp"
#include "local/unit.hpp"
#include "process/daemon.hpp"
#include "redis/socket.hpp"
#include "redis/unavailable.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

namespace local {

namespace {

using base::Advice;
using base::Error;
using base::ExitCode;
using redis::NoLocalServer;
using redis::Server;

constexpr std::chrono::duration<useconds_t, std::micro> k_look_again{3000};  // a server is up within 10 to 30 ms
// Seconds. The holders of before are back within this, because each notices at once that its connection broke.
constexpr time_t k_return = 15;

std::string folder_path()
{
    return ::geteuid() == 0 ? "/run/limiters" : fmt::format("/tmp/limiters-{}", ::geteuid());
}

// In a folder that anyone can write to, someone else may have been there first, and could grant and refuse at will.
base::Fd open_folder(const std::string& path)
{
    base::Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!folder || ::fstat(folder.get(), &status) != 0)
        throw Error(ExitCode::os_error, "cannot use {} for the local server: {}; remove it, or {}", path,
                    std::strerror(errno), base::advice(Advice::name_a_server));
    if (status.st_uid != ::geteuid() || (status.st_mode & 077) != 0)
        throw Error(ExitCode::os_error, "{} is not a folder of this user alone (0700): remove it, or {}", path,
                    base::advice(Advice::name_a_server));
    return folder;
}

bool make(const std::string& path)
{
    const mode_t umask = ::umask(077);  // whatever a script has set, this user must get in
    const bool made = ::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST;
    ::umask(umask);
    return made;
}

Error cannot_make(const std::string& path)
{
    const int saved = errno;
    return {ExitCode::os_error, "cannot make {} for the local server: {}; or {}", path, std::strerror(saved),
            base::advice(Advice::name_a_server)};
}

base::Fd make_folder(const std::string& path)
{
    if (!make(path))
        throw cannot_make(path);
    return open_folder(path);
}

void wait_or_throw(base::Deadline deadline, const std::string& what)
{
    if (deadline.passed())
        throw NoLocalServer(fmt::format("{} within {}", what, base::advice(Advice::time_to_reach)));
    ::usleep(k_look_again.count());
}

// The connection, and the errno of connect(2), 0 for none.
std::pair<base::Fd, int> connect_to(const Server& server)
{
    const redis::Address place = redis::addresses_of(server.nodes.front()).front();
    base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd)
        throw base::os_error("socket");
    const int result = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&place.bytes), place.size);
    return {std::move(fd), result == 0 ? 0 : errno};
}

enum class Listener { there, never, gone };

// Any answer but these two means that somebody listens there: a full backlog too (EAGAIN, connect(2)).
Listener listener(const Server& server)
{
    const int error = connect_to(server).second;
    return error == ENOENT ? Listener::never : error == ECONNREFUSED ? Listener::gone : Listener::there;
}

// The mark is a file whose time tells when a server took the place of one that had died. It is written before the new
// one can be reached.
std::string mark_path()
{
    return folder_path() + "/replaced";
}

// A server in a folder that only this unit has would give out what the server of the others gives out too.
void require_common_folder()
{
    if (!is_seen_by_all(folder_path()))
        throw NoLocalServer(fmt::format(
            "{} is not known to be the folder that other processes of this user see (a unit with PrivateTmp= or "
            "DynamicUser= has its own, ProtectProc= hides it), and a private server in it could limit none of them: "
            "{}; see 'Under systemd' in limiters(7)",
            folder_path(), base::advice(Advice::name_a_server)));
}

}  // namespace

Server address()
{
    Server server;
    server.nodes.push_back({{}, 0, folder_path() + "/redis.sock"});
    return server;
}

void secure_folder()
{
    // Where a unit may only read (ProtectSystem=strict), the server that is started outside of it makes the folder.
    if (make(folder_path()))
        open_folder(folder_path());
    else if (errno != EROFS || !unit_of(0))
        throw cannot_make(folder_path());
}

bool runs()
{
    const std::string path = folder_path();
    if (::access(path.c_str(), F_OK) == 0 || errno != ENOENT) {
        open_folder(path);
        if (listener(address()) == Listener::there)
            return true;
    }
    require_common_folder();
    return false;
}

pid_t pid()
{
    const base::Fd fd = connect_to(address()).first;
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

void mark_replaced()
{
    const base::Fd mark(::open(mark_path().c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!mark || ::futimens(mark.get(), nullptr) != 0)
        throw Error(ExitCode::os_error, "cannot write {}: {}", mark_path(), std::strerror(errno));
}

bool replaced()
{
    struct stat status {};
    return ::stat(mark_path().c_str(), &status) == 0 && ::time(nullptr) - status.st_mtim.tv_sec < k_return;
}

base::Fd lock(base::Deadline deadline)
{
    const std::string path = folder_path();
    base::Fd folder = make_folder(path);
    while (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0)
        wait_or_throw(deadline, fmt::format("the lock on {} was not free", path));
    return folder;
}

namespace {

Start start_here(base::Deadline deadline)
{
    const base::Fd locked = lock(deadline);
    const Server server = address();
    const std::string& socket = server.nodes.front().path;
    const Listener before = listener(server);
    if (before == Listener::there)
        return {false, replaced(), {}};
    if (::access(folder_path().c_str(), W_OK) != 0)
        throw Error(ExitCode::os_error, "cannot write to {} for the local server: {}; or {}", folder_path(),
                    std::strerror(errno), base::advice(Advice::name_a_server));
    const Binary binary = find_binary();
    if (before == Listener::gone)
        mark_replaced();
    ::unlink(socket.c_str());
    const auto wait_until_up = [&] {
        while (listener(server) != Listener::there)
            wait_or_throw(deadline, fmt::format("the local server ({}) did not come up", binary.path));
    };
    process::start_daemon(binary.path,
                          {binary.name, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--save", "",
                           "--appendonly", "no", "--daemonize", "no"},
                          folder_path(), wait_until_up);
    return {true, before == Listener::gone, {}};
}

Start start_outside(const Unit& unit, base::Deadline deadline)
{
    if (runs())
        return {false, replaced(), {}};
    std::string home = start_in_own_unit(unit, deadline);
    if (!runs())
        throw NoLocalServer(fmt::format("the local server did not come up in {}", home));
    // When many callers come at once, each has asked for a unit; the server runs in the unit of one of them.
    const pid_t server = pid();
    const bool ours = server == 0 || unit_of(server) == Unit{home, ::geteuid() != 0};
    return {ours, replaced(), ours ? std::move(home) : std::string()};
}

}  // namespace

Start start(base::Deadline deadline)
{
    require_common_folder();
    const std::optional<Unit> unit = unit_of(0);
    return unit && ends_what_it_leaves(*unit, deadline) ? start_outside(*unit, deadline) : start_here(deadline);
}

}  // namespace local
