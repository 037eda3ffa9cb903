#include "terminal/live_line.hpp"

#include "base/message.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

using terminal::LiveLine;

namespace {

// In the foreground of a terminal of its own, with so many columns: what a child that runs this writes there.
template <typename Child>
std::string drawn(const Child& child, unsigned short columns = 80, const char* term = "xterm")
{
    const winsize size{24, columns, 0, 0};
    int terminal = -1;
    const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, &size);
    REQUIRE(pid >= 0);
    if (pid == 0) {
        terminal::share_the_terminal();
        ::setenv("TERM", term, 1);
        child();
        ::_exit(0);
    }
    const base::Fd master(terminal);
    std::string seen;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(terminal, buffer, sizeof buffer)) > 0;)
        seen.append(buffer, static_cast<std::size_t>(n));
    ::waitpid(pid, nullptr, 0);
    return seen;
}

void wait_until_due(const LiveLine& line)
{
    while (!line.next().is_never() && !line.next().passed())
        ::poll(nullptr, 0, 1);
}

void show(LiveLine& line, const char* text)
{
    wait_until_due(line);
    line.show(text);
}

}  // namespace

TEST_CASE("a live line is drawn in place, and gone at the end")
{
    CHECK(drawn([] {
              LiveLine line;
              line.show("too early");
              show(line, "one");
              line.show("too soon");
              show(line, "two");
          }) == "\rone\x1b[K\rtwo\x1b[K\r\x1b[K");
}

TEST_CASE("a live line is cut to the terminal, and no byte in it moves the cursor")
{
    CHECK(drawn(
              [] {
                  LiveLine line;
                  show(line, "a\n\x1b[2Jc 12345");
                  show(line, "日本語日本語");
                  show(line, "⌛⭐✅⚡ ☕");
              },
              10) == "\ra??[2Jc …\x1b[K\r日本語日…\x1b[K\r⌛⭐✅⚡…\x1b[K\r\x1b[K");
}

TEST_CASE("a message clears the live line first, and it may come back")
{
    CHECK(drawn([] {
              LiveLine line;
              show(line, "live");
              base::message::warning("W");
              show(line, "again");
          }) == "\rlive\x1b[K\r\x1b[Klimiters: warning: W\r\n\ragain\x1b[K\r\x1b[K");
}

TEST_CASE("of two processes one draws, and the other when the first is done")
{
    CHECK(drawn([] {
              LiveLine first;
              LiveLine second;  // an open file of its own, as another process has
              show(first, "first");
              show(second, "second");
              first.clear();
              show(second, "third");
          }) == "\rfirst\x1b[K\r\x1b[K\rthird\x1b[K\r\x1b[K");
}

TEST_CASE("a message clears the line of another process, and nothing else that stands there")
{
    CHECK(drawn([] {
              int ready[2];
              int done[2];
              if (::pipe(ready) != 0 || ::pipe(done) != 0)
                  return;
              const pid_t other = ::fork();
              if (other == 0) {
                  char byte = 0;
                  LiveLine line;
                  show(line, "live");
                  [[maybe_unused]] ssize_t n = ::write(ready[1], "x", 1);
                  n = ::read(done[0], &byte, 1);
                  line.clear();
                  n = ::write(ready[1], "x", 1);
                  ::_exit(0);
              }
              char byte = 0;
              [[maybe_unused]] ssize_t n = ::read(ready[0], &byte, 1);
              base::message::warning("W");
              n = ::write(done[1], "x", 1);
              n = ::read(ready[0], &byte, 1);
              n = ::write(STDERR_FILENO, "prompt ", 7);
              base::message::warning("V");
              ::waitpid(other, nullptr, 0);
          }) == "\rlive\x1b[K\r\x1b[Klimiters: warning: W\r\n\r\x1b[Kprompt limiters: warning: V\r\n");
}

TEST_CASE("nothing is drawn in the background, on a dumb terminal, or when quiet")
{
    const auto once = [] {
        LiveLine line;
        show(line, "live");
    };
    CHECK(drawn(once, 80, "dumb").empty());
    CHECK(drawn(once, 80, "").empty());
    CHECK(drawn([once] {
              base::message::set_level(base::message::Level::quiet);
              once();
          }).empty());
    CHECK(drawn([once] {
              ::signal(SIGTTOU, SIG_IGN);
              const pid_t background = ::fork();
              if (background == 0) {
                  ::setpgid(0, 0);
                  once();
                  ::_exit(0);
              }
              ::waitpid(background, nullptr, 0);
          }).empty());
}
