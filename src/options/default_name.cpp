#include "options/default_name.hpp"

#include "base/error.hpp"

#include <fmt/ranges.h>

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

}  // namespace

std::string base_name(std::string_view word)
{
    return std::string(word.substr(word.rfind('/') + 1));
}

std::string default_name(std::string_view word)
{
    std::string name = base_name(word);
    const std::string unversioned = name.substr(0, name.find_last_not_of("0123456789.-") + 1);
    if (std::find(k_run_anything.begin(), k_run_anything.end(), unversioned) != k_run_anything.end())
        throw base::Error(base::ExitCode::usage, "'{}' runs anything, so its name says nothing: give --name", name);
    return name;
}

std::string programs_without_default_name()
{
    return fmt::format("{}", fmt::join(k_run_anything, " "));
}

}  // namespace options
