#include "options/default_name.hpp"

#include "base/error.hpp"

#include <fmt/ranges.h>

#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace options {

namespace {

constexpr std::array<std::string_view, 52> k_run_anything{
    "ash",         "awk",     "bash",   "bun",   "busybox", "chroot", "csh",  "dash", "deno",     "doas",     "docker",
    "env",         "find",    "fish",   "flock", "gmake",   "ionice", "java", "ksh",  "kubectl",  "limiters", "lua",
    "make",        "mksh",    "nice",   "ninja", "node",    "nohup",  "npm",  "npx",  "parallel", "perl",     "php",
    "pnpm",        "podman",  "python", "ruby",  "sem",     "setsid", "sh",   "ssh",  "stdbuf",   "su",       "sudo",
    "systemd-run", "taskset", "tclsh",  "time",  "timeout", "xargs",  "yarn", "zsh"};

// A part of the list above: the programs whose first argument, if it is no option, is what they run.
constexpr std::array<std::string_view, 25> k_run_their_first_argument{
    "ash",  "bash",  "bun",  "csh", "dash",   "doas", "env",    "fish", "ionice", "ksh",   "lua",  "mksh", "nice",
    "node", "nohup", "perl", "php", "python", "ruby", "setsid", "sh",   "sudo",   "tclsh", "time", "zsh"};

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& list, const std::string& name)
{
    const std::string unversioned = name.substr(0, name.find_last_not_of("0123456789.-") + 1);
    return std::find(list.begin(), list.end(), unversioned) != list.end();
}

// sh -eux: switches of a shell that have no value, so that the next word is its script.
bool is_shell_switch(std::string_view word)
{
    return word.size() > 1 && word.front() == '-' && word.find_first_not_of("eux", 1) == word.npos;
}

bool is_file(const std::string& path)
{
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

std::string base_name(std::string_view word)
{
    return std::string(word.substr(word.rfind('/') + 1));
}

std::string default_name(std::string_view word)
{
    std::string name = base_name(word);
    if (is_in(k_run_anything, name))
        throw base::Error(base::ExitCode::usage, "'{}' runs anything, so its name says nothing: give --name", name);
    return name;
}

std::string shown_name(const std::vector<std::string>& command)
{
    std::string name = base_name(command[0]);
    const std::size_t at = name.ends_with("sh") && command.size() > 2 && is_shell_switch(command[1]) ? 2 : 1;
    const bool is_script = is_in(k_run_their_first_argument, name) && at < command.size() &&
                           !command[at].starts_with('-') && is_file(command[at]);
    return is_script ? base_name(command[at]) : name;
}

std::string programs_without_default_name()
{
    return fmt::format("{}", fmt::join(k_run_anything, " "));
}

}  // namespace options
