#include "local/own_unit.hpp"

#include "base/advice.hpp"
#include "base/random.hpp"
#include "local/binary.hpp"
#include "process/program.hpp"
#include "redis/socket.hpp"
#include "redis/unavailable.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace local {

namespace {

using Variables = std::vector<std::pair<std::string, std::string>>;

std::string runtime_folder()
{
    return fmt::format("/run/user/{}", ::geteuid());
}

// Where the manager of this user listens. It is worked out from the user's id, because what the environment says may be
// another user's, after sudo, or missing, in a unit with User=.
Variables users_manager()
{
    return {{"XDG_RUNTIME_DIR", runtime_folder()},
            {"DBUS_SESSION_BUS_ADDRESS", fmt::format("unix:path={}/bus", runtime_folder())}};
}

// Connects to the manager to know whether it runs, because its socket may outlive it.
bool users_manager_runs()
{
    const redis::Address place = redis::addresses_of({{}, 0, runtime_folder() + "/systemd/private"}).front();
    const base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    return fd &&
           (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&place.bytes), place.size) == 0 || errno == EAGAIN);
}

// The path of this very program. An upgrade may have put another in its place since.
std::string own_path()
{
    std::error_code error;
    std::string path = std::filesystem::read_symlink("/proc/self/exe", error);
    if (constexpr std::string_view gone = " (deleted)"; path.ends_with(gone))
        path.resize(path.size() - gone.size());
    return path;
}

std::string one_line(std::string text)
{
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::vector<std::string> words(const std::string& name, base::Deadline deadline)
{
    using std::chrono::milliseconds;
    const auto left = std::chrono::ceil<milliseconds>(std::min<base::Micros>(deadline.left(), std::chrono::hours(1)));
    std::vector<std::string> words{"systemd-run"};
    if (::geteuid() != 0)
        words.emplace_back("--user");
    words.insert(words.end(),
                 {"--no-ask-password", "--collect", "--unit=" + name, "--description=The private server of limiters(1)",
                  "--service-type=forking", fmt::format("--property=TimeoutStartSec={}ms", left.count())});
    if (const char* path = std::getenv("PATH"))
        words.push_back(fmt::format("--setenv=PATH={}", path));
    // The other start gets a little less time than we have, so that its own error is heard of.
    words.insert(words.end(), {"--", own_path(), "--config", "/dev/null", "--quiet", "--redis-timeout",
                               fmt::format("{}ms", left.count() * 4 / 5), "server", "start"});
    return words;
}

}  // namespace

std::string start_in_own_unit(const Unit& unit, base::Deadline deadline)
{
    find_binary();  // an error about it is told here, not in the journal
    const bool root = ::geteuid() == 0;
    if (!root && !users_manager_runs())
        throw redis::NoLocalServer(fmt::format(
            "a private server that is started in {} would end with it, and user {} has no running manager to start it "
            "outside ('loginctl enable-linger' gives one, ProtectHome= hides it): {}, or run {} from a login or a "
            "cron job first",
            unit.name, ::geteuid(), base::advice(base::Advice::name_a_server),
            base::advice(base::Advice::start_the_local_server)));
    std::string name = fmt::format("{}{:08x}.service", k_own_unit, base::random_bits<std::uint32_t>());
    const process::Answer answer =
        process::run_program(words(name, deadline), root ? Variables() : users_manager(), deadline);
    if (!answer.good)
        throw redis::NoLocalServer(fmt::format(
            "a private server that is started in {} would end with it, and systemd-run could not start it outside: {}; "
            "{}",
            unit.name, one_line(answer.text), base::advice(base::Advice::name_a_server)));
    return name;
}

bool lingers(base::Deadline deadline)
{
    const process::Answer answer = process::run_program(
        {"loginctl", "show-user", "--property=Linger", "--", std::to_string(::geteuid())}, {}, deadline);
    return answer.good && answer.text == "Linger=yes\n";
}

}  // namespace local
