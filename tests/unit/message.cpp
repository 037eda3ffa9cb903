#include "base/message.hpp"

#include "base/fd.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>

namespace message = base::message;
using message::Level;

namespace {

// What goes to stderr while it runs, at this level.
template <typename Say>
std::string said(Level level, const Say& say)
{
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    const base::Fd read_end(ends[0]);
    base::Fd write_end(ends[1]);
    const base::Fd saved(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
    ::dup2(write_end.get(), STDERR_FILENO);
    message::set_level(level);
    say();
    message::set_level(Level::normal);
    ::dup2(saved.get(), STDERR_FILENO);
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(read_end.get(), buffer.data(), buffer.size());
    return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

void say_all()
{
    message::error("E");
    message::warning("W");
    message::notice("N");
    message::detail("D");
}

}  // namespace

TEST_CASE("errors are always said, warnings and notices unless quiet, details when asked for")
{
    CHECK(said(Level::quiet, say_all) == "limiters: E\n");
    CHECK(said(Level::normal, say_all) == "limiters: E\nlimiters: warning: W\nlimiters: N\n");
    CHECK(said(Level::verbose, say_all) == "limiters: E\nlimiters: warning: W\nlimiters: N\nlimiters: D\n");
}

TEST_CASE("a message is one line, whatever a server or a name put into it")
{
    CHECK(said(Level::normal, [] { message::error("a\nb\r\nc\x1b[31m\x7f\t"); }) == "limiters: a?b??c?[31m??\n");
    CHECK(said(Level::normal, [] { message::error("a\xc2\x9b[31m\xc2\x85z\xc2"); }) == "limiters: a?[31m?z\xc2\n");
    CHECK(said(Level::normal, [] { message::error("é\u00a0Û \xff"); }) == "limiters: é\u00a0Û \xff\n");
    CHECK(said(Level::normal, [] { message::error(std::string_view("a\0b", 3)); }) == "limiters: a?b\n");
}

TEST_CASE("a character that turns the direction of a line is shown as a question mark")
{
    CHECK(said(Level::normal, [] { message::error("a\u202Egnp\u2066b\u2028c\u2026"); }) ==
          "limiters: a?gnp?b?c\u2026\n");
}
