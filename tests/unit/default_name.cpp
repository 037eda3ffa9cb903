#include "options/default_name.hpp"

#include "base/error.hpp"

#include <doctest/doctest.h>

#include <string>

using options::base_name;
using options::default_name;

namespace {

bool has_none(std::string_view word)
{
    try {
        default_name(word);
    } catch (const base::Error& e) {
        return e.code() == base::ExitCode::usage && std::string(e.what()).find("--name") != std::string::npos;
    }
    return false;
}

}  // namespace

TEST_CASE("the base name is what stands behind the last slash")
{
    CHECK(base_name("curl") == "curl");
    CHECK(base_name("/usr/bin/curl") == "curl");
    CHECK(base_name("./a b") == "a b");
    CHECK(base_name("../x/y.sh") == "y.sh");
    CHECK(base_name("a/").empty());
    CHECK(base_name("/").empty());
    CHECK(base_name("").empty());
}

TEST_CASE("a program names its limiter")
{
    for (const std::string word : {"curl", "backup.sh", "pg_dump", "rsync", "true", "gcc-12", "shred", "makepkg",
                                   "nicely", "envsubst", "mysh", "7z", "bash_profile", "time-it"})
        CHECK_MESSAGE(default_name(word) == word, word);
    CHECK(default_name("/opt/bin/curl") == "curl");
    CHECK(default_name("./backup.sh") == "backup.sh");
}

TEST_CASE("a program that runs anything names none")
{
    for (const std::string word :
         {"sh",   "bash",   "dash",     "ash",     "zsh",    "fish",       "ksh",     "busybox", "env",
          "sudo", "doas",   "su",       "nice",    "ionice", "nohup",      "timeout", "setsid",  "stdbuf",
          "time", "xargs",  "parallel", "find",    "flock",  "make",       "gmake",   "ninja",   "npm",
          "npx",  "docker", "podman",   "kubectl", "ssh",    "limiters",   "python",  "perl",    "ruby",
          "node", "java",   "php",      "lua",     "awk",    "systemd-run"})
        CHECK_MESSAGE(has_none(word), word);
}

TEST_CASE("neither its folder nor its version gives such a program a name")
{
    for (const std::string word : {"/bin/sh", "./bash", "/usr/bin/python3", "python3.11", "python2", "perl5.36.0",
                                   "lua5.4", "php8.2", "ruby3.1", "node-18", "../x/env"})
        CHECK_MESSAGE(has_none(word), word);
}

TEST_CASE("help lists every such program")
{
    const std::string listed = " " + options::programs_without_default_name() + " ";
    for (const std::string word : {"sh", "env", "sudo", "python", "ssh", "limiters", "zsh"})
        CHECK_MESSAGE(listed.find(" " + std::string(word) + " ") != std::string::npos, word);
}

TEST_CASE("no argument is shown that is not the script of a program that runs one")
{
    using options::shown_name;
    CHECK(shown_name({"/usr/bin/curl", "/proc/self/status"}) == "curl");
    CHECK(shown_name({"sh", "/proc/self/status"}) == "status");
    CHECK(shown_name({"/bin/bash", "-eux", "/proc/self/status", "x"}) == "status");
    CHECK(shown_name({"python3.11", "/proc/self/status"}) == "status");
    CHECK(shown_name({"python3", "-u", "/proc/self/status"}) == "python3");
    CHECK(shown_name({"sh", "-c", "/proc/self/status"}) == "sh");
    CHECK(shown_name({"sh", "-", "/proc/self/status"}) == "sh");
    CHECK(shown_name({"sh", "-e"}) == "sh");
    CHECK(shown_name({"sh", "/proc/self"}) == "sh");
    CHECK(shown_name({"flock", "/proc/self/status", "true"}) == "flock");
    CHECK(shown_name({"sh"}) == "sh");
}
