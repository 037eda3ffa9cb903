// limiters bucket pipe: records from stdin to stdout, each when its tokens are due.
#include "base/duration.hpp"
#include "base/error.hpp"
#include "base/exit_code.hpp"
#include "commands/execute.hpp"
#include "commands/limiter_values.hpp"
#include "commands/session.hpp"
#include "limiter/token_bucket.hpp"
#include "options/flags.hpp"
#include "process/signals.hpp"
#include "process/standard_fds.hpp"
#include "redis/session.hpp"
#include "run/await.hpp"
#include "run/record_buffer.hpp"
#include "run/token_supply.hpp"
#include "terminal/live_line.hpp"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <optional>

namespace commands {

namespace {

using base::Deadline;
using base::Micros;

constexpr int k_writes_in_a_row = 32;  // less than a millisecond, in which no signal is looked at

struct BucketPipe {
    limiter::TokenBucketOptions bucket;
    base::Micros redis_timeout{0};
    char delimiter = '\n';
    bool tokens_from_size = false;
};

// The most bytes of one write(2): so much can be written without blocking once poll(2) says that a pipe has room, and
// others' writes do not mix with it. A file always has room, and then a record is one write.
std::size_t largest_write()
{
    struct stat status {};
    const bool is_file = ::fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode);
    return is_file ? std::numeric_limits<std::size_t>::max() : PIPE_BUF;
}

bool in_background(int terminal)
{
    return ::isatty(terminal) != 0 && ::tcgetpgrp(terminal) != ::getpgrp();
}

void require_open(int fd, const char* what)
{
    if (process::was_closed(fd))
        throw base::Error(base::ExitCode::os_error, "{}: it is closed", what);
}

class Piper {
public:
    Piper(const BucketPipe& options, redis::Session& session, const process::Signals& signals)
        : m_options(options), m_signals(signals), m_supply(options.bucket, options.redis_timeout, session, signals),
          m_buffer(options.delimiter, options.tokens_from_size), m_largest_write(largest_write()),
          m_began(base::now_on(CLOCK_MONOTONIC))
    {
        // No line tells how it goes where the records themselves are on the terminal and show it.
        if (::isatty(STDIN_FILENO) == 0 && ::isatty(STDOUT_FILENO) == 0)
            m_line.emplace();
    }

    void run()
    {
        m_supply.reach();
        while (!m_buffer.done()) {
            if (m_supply.due() >= m_buffer.next_price())
                release();
            // No token is taken ahead of a reader that is behind, because others may use it.
            m_supply.want(m_buffer.writable(1).empty() ? m_buffer.price() : 0);
            move();
            show_progress();
        }
    }

    void give_back() { m_supply.give_back(); }

private:
    void release()
    {
        const std::int64_t used = m_buffer.release(m_supply.due());
        m_supply.use(used);
        m_used += used;
    }

    // Waits for anything that lets it get on, then reads, writes and asks for tokens. stdin and stdout may be shared
    // with others, so their flags are left alone.
    void move()
    {
        const bool has_output = !m_buffer.writable(1).empty();
        std::array<pollfd, 4> fds{{{m_buffer.wants_input() ? STDIN_FILENO : -1, POLLIN, 0},
                                   {STDOUT_FILENO, static_cast<short>(has_output ? POLLOUT : 0), 0},
                                   {m_signals.fd(), POLLIN, 0},
                                   m_supply.interest()}};
        run::poll_until(fds, next());
        if (fds[2].revents != 0)
            run::obey(m_signals);
        if (fds[0].revents != 0)
            read();
        if ((fds[1].revents & (POLLERR | POLLHUP)) != 0)
            throw run::Stopped(SIGPIPE);  // seen even while there is nothing to write
        if (has_output && fds[1].revents != 0)
            write_what_fits();
        if (fds[3].revents != 0 || m_supply.next().passed())
            m_supply.advance();
    }

    // Several writes in a row cost less than one for each look at all that may have happened.
    void write_what_fits()
    {
        pollfd output{STDOUT_FILENO, POLLOUT, 0};
        for (int i = 0; i < k_writes_in_a_row; ++i) {
            write();
            if (m_buffer.writable(1).empty() || ::poll(&output, 1, 0) != 1 || output.revents != POLLOUT)
                return;
        }
    }

    Deadline next()
    {
        Deadline next = m_supply.next();
        if (m_buffer.next_price() > 0)
            next = std::min(next, m_supply.due_at(m_buffer.next_price()));
        return m_line ? std::min(next, m_line->next()) : next;
    }

    void read()
    {
        const std::span<char> room = m_buffer.room();
        const ssize_t size = ::read(STDIN_FILENO, room.data(), room.size());
        if (size > 0)
            m_buffer.received(static_cast<std::size_t>(size));
        else if (size == 0)
            m_buffer.end();
        else if (errno == EIO && in_background(STDIN_FILENO) && process::stop_by(SIGTTIN))
            return;  // as read(2) would do it, were the signal not blocked
        else if (errno != EAGAIN && errno != EINTR)
            throw base::os_error("read standard input");
    }

    void write()
    {
        const std::string_view bytes = m_buffer.writable(m_largest_write);
        const ssize_t size = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (size >= 0)
            return m_buffer.written(static_cast<std::size_t>(size));
        if (errno == EPIPE) {
            run::obey(m_signals);
            throw run::Stopped(SIGPIPE);  // the signal was inherited as ignored, so the write failed instead
        }
        if (errno != EAGAIN && errno != EINTR)
            throw base::os_error("write standard output");
    }

    void show_progress()
    {
        if (!m_line || !m_line->next().passed())
            return;
        const auto seconds = static_cast<double>((base::now_on(CLOCK_MONOTONIC) - m_began).count()) / 1e6;
        m_line->show(fmt::format("limiters: {}: {} lines, {:.1f} {}/s, {}", limiter::bucket_subject(m_options.bucket),
                                 m_buffer.records(), static_cast<double>(m_used) / seconds,
                                 m_options.tokens_from_size ? "bytes" : "lines", waiting_for()));
    }

    std::string waiting_for()
    {
        if (!m_buffer.writable(1).empty())
            return "waiting for the reader";
        if (m_buffer.next_price() == 0)
            return "waiting for input";
        const Deadline due = m_supply.due_at(m_buffer.next_price());
        return due.is_never() ? "waiting for tokens"
                              : "next in " + base::format_duration(std::chrono::ceil<std::chrono::seconds>(due.left()));
    }

    const BucketPipe& m_options;
    const process::Signals& m_signals;
    run::TokenSupply m_supply;
    run::RecordBuffer m_buffer;
    const std::size_t m_largest_write;
    std::optional<terminal::LiveLine> m_line;
    const Micros m_began;
    std::int64_t m_used = 0;
};

void bucket_pipe(const BucketPipe& options, redis::Session& session, const process::Signals& signals)
{
    require_open(STDIN_FILENO, "read standard input");
    require_open(STDOUT_FILENO, "write standard output");
    Piper piper(options, session, signals);
    try {
        piper.run();
    } catch (const run::Stopped& stopped) {
        piper.give_back();
        process::die_of(stopped.signal);
    } catch (const base::Error&) {
        piper.give_back();
        throw;
    }
}

}  // namespace

base::ExitCode execute(const options::GlobalOptions& global, const options::BucketPipeOptions& options)
{
    const options::SettingSources sources(global, options);
    const Settings settings = settings_from(sources);
    BucketPipe pipe;
    const std::string name = required_name(options, "bucket pipe");
    pipe.bucket = bucket_values(options, settings, "bucket pipe");
    pipe.bucket.name = name;
    pipe.redis_timeout = settings.redis_timeout;
    pipe.delimiter = options.has(options::k_null) ? '\0' : '\n';
    pipe.tokens_from_size = options.has(options::k_tokens_from_size);
    const process::Signals signals;
    redis::Session session = open_session(settings);
    bucket_pipe(pipe, session, signals);
    return base::ExitCode::ok;
}

}  // namespace commands
