#include "process/wait_status.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <initializer_list>

using process::WaitStatus;

TEST_CASE("an exit code is told for all 256 of them")
{
    for (int code = 0; code < 256; ++code) {
        const WaitStatus status(W_EXITCODE(code, 0));
        CHECK(status.exited());
        CHECK(status.exit_code() == code);
        CHECK(!status.killed());
        CHECK(!status.stopped());
    }
}

TEST_CASE("death by a signal is told, with and without a core")
{
    for (int signal = 1; signal <= SIGRTMAX; ++signal)
        for (const int core : {0, WCOREFLAG}) {
            const WaitStatus status(W_EXITCODE(0, signal) | core);
            CHECK(status.killed());
            CHECK(status.signal() == signal);  // never with the core flag in it: 139 is no signal
            CHECK(!status.exited());
            CHECK(!status.stopped());
        }
}

TEST_CASE("a stop is neither an end nor a death")
{
    for (const int signal : {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU}) {
        const WaitStatus status(W_STOPCODE(signal));
        CHECK(status.stopped());
        CHECK(status.stop_signal() == signal);
        CHECK(!status.exited());
        CHECK(!status.killed());
    }
}
