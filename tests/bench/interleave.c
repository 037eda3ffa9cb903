// interleave ROUNDS COMMAND [ARG…] , COMMAND [ARG…] , …
//
// Runs all commands once per round, each round in another order, and prints for each command the median and the tenth
// percentile of the time from spawn to wait in microseconds. Interleaved, since the speed of a machine drifts by more
// than what is compared; in C, since an interpreter's own noise is larger. The tenth percentile says what a run costs
// where nothing else ran meanwhile.

#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { max_commands = 32, warm_up = 10 };

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double run(char** command)
{
    char home[512];
    snprintf(home, sizeof home, "HOME=%s", getenv("HOME") ? getenv("HOME") : "/");
    char* env[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "ETCDCTL_API=3", home, NULL};
    const double start = now_us();
    pid_t pid;
    int status;
    if (posix_spawn(&pid, command[0], NULL, NULL, command, env) != 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "interleave: %s failed\n", command[0]);
        exit(1);
    }
    return now_us() - start;
}

static int compare(const void* a, const void* b)
{
    const double x = *(const double*)a, y = *(const double*)b;
    return (x > y) - (x < y);
}

int main(int argc, char** argv)
{
    const int rounds = argc > 2 ? atoi(argv[1]) : 0;
    char** commands[max_commands] = {argv + 2};
    int count = 1;
    for (int i = 2; i < argc; ++i) {
        if (strcmp(argv[i], ",") == 0 && count < max_commands) {
            argv[i] = NULL;
            commands[count++] = argv + i + 1;
        }
    }
    if (rounds < 1 || !commands[0][0])
        return fprintf(stderr, "usage: interleave ROUNDS COMMAND [ARG…] , COMMAND…\n"), 2;

    // What the commands say is not wanted, and would stand among the figures.
    const int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, STDOUT_FILENO);

    double* times = malloc((size_t)count * (size_t)rounds * sizeof *times);
    for (int round = -warm_up; round < rounds; ++round) {
        for (int i = 0; i < count; ++i) {
            const int which = (i + round + warm_up) % count;
            const double time = run(commands[which]);
            if (round >= 0)
                times[which * rounds + round] = time;
        }
    }
    for (int i = 0; i < count; ++i) {
        qsort(times + i * rounds, (size_t)rounds, sizeof *times, compare);
        dprintf(out, "%.1f %.1f\n", times[i * rounds + rounds / 2], times[i * rounds + rounds / 10]);
    }
    free(times);
    return 0;
}
