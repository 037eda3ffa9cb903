// What the callers of the proof run as CMD: writes down when it was granted and when it ended, by the steady clock.
//
//   witness hold MS CODE   a line G now and a line E at the end, after so long or when a signal comes
//   witness sleep MS       nothing but the time, for scripts
//   witness note WORD N    a line N: an exit code that a script has seen
//   witness stamp          a line B for each line that comes in
//
// PROOF_LOG names the file, PROOF_TAG the caller. Each line is one write with O_APPEND, so lines of many processes
// never mix, and what was written before a kill -9 stands.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static const char* variable(const char* name)
{
    const char* value = getenv(name);
    return value && *value ? value : "-";
}

static void put(char kind, const char* rest)
{
    static int fd = -1;
    if (fd < 0)
        fd = open(variable("PROOF_LOG"), O_WRONLY | O_APPEND | O_CLOEXEC);
    char line[1024];
    int size = snprintf(line, sizeof line, "%c %lld %s %d %s\n", kind, (long long)now_ns(), variable("PROOF_TAG"), getpid(), rest);
    if (fd < 0 || size >= (int)sizeof line || write(fd, line, size) != size)
        _exit(99);
}

// The signal that ended the time, or 0.
static int wait_for(int64_t end, const sigset_t* signals)
{
    for (int64_t left; (left = end - now_ns()) > 0;) {
        struct timespec t = {left / 1000000000, left % 1000000000};
        int got = sigtimedwait(signals, NULL, &t);
        if (got > 0)
            return got;
        // EINTR after a SIGCONT: the time goes on.
        if (errno != EINTR && errno != EAGAIN)
            _exit(98);
    }
    return 0;
}

static int hold(int64_t ms, int code)
{
    // Scripts are killed too, and what they started would run on beside those who get their slot. That the CMD of a
    // `sem run` ends with limiters is what limiters has to see to.
    if (!getenv("LIMITERS_FENCE"))
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    int64_t end = now_ns() + ms * 1000000;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    char words[512];
    snprintf(words, sizeof words, "%d %s %s %s", getppid(), variable("LIMITERS_FENCE"), variable("LIMITERS_LEASE"),
             variable("LIMITERS_SLOT"));
    put('G', words);
    int got = wait_for(end, &signals);
    snprintf(words, sizeof words, "%d", got);
    put('E', words);
    if (got) {
        signal(got, SIG_DFL);
        sigprocmask(SIG_UNBLOCK, &signals, NULL);
        raise(got);
    }
    return code;
}

static int stamp(void)
{
    char data[4096];
    for (ssize_t size; (size = read(0, data, sizeof data)) != 0;)
        for (ssize_t i = 0; i < size; ++i)
            if (data[i] == '\n')
                put('B', "");
    return 0;
}

int main(int argc, char** argv)
{
    const char* verb = argc > 1 ? argv[1] : "";
    if (!strcmp(verb, "hold") && argc == 4)
        return hold(atoll(argv[2]), atoi(argv[3]));
    if (!strcmp(verb, "stamp") && argc == 2)
        return stamp();
    if (!strcmp(verb, "sleep") && argc == 3)
        return usleep(atoll(argv[2]) * 1000) ? 98 : 0;
    if (!strcmp(verb, "note") && argc == 4) {
        char words[128];
        snprintf(words, sizeof words, "%s %s", argv[2], argv[3]);
        put('N', words);
        return 0;
    }
    fprintf(stderr, "witness: hold MS CODE | sleep MS | note WORD N | stamp\n");
    return 64;
}
