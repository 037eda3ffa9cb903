// Shifts the wall clock of one process, at any moment and in both directions, for tests of clocks that jump.
//
// Preloaded into a Redis server. The shift, in microseconds, is the int64 at the start of the file named by
// FAKECLOCK_FILE; the file is mapped, so a test changes it while the server runs. A second int64 there, unless it is 0,
// is the time itself, and stands still. Steady clocks are not touched.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t untouched[2] = {0, 0};
static const volatile int64_t* shift = untouched;

__attribute__((constructor)) static void map_shift(void)
{
    const char* path = getenv("FAKECLOCK_FILE");
    if (!path)
        return;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        abort(); // better no server than one on the real clock
    void* memory = mmap(NULL, sizeof untouched, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (memory == MAP_FAILED)
        abort();
    shift = memory;
}

int clock_gettime(clockid_t clock, struct timespec* out)
{
    // The system call itself: the C library's function is this one now.
    int result = (int)syscall(SYS_clock_gettime, clock, out);
    if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return result;
    int64_t us = shift[1] ? shift[1] : out->tv_sec * INT64_C(1000000) + out->tv_nsec / 1000 + shift[0];
    out->tv_nsec = us % 1000000 * 1000 + out->tv_nsec % 1000;
    out->tv_sec = us / 1000000;
    return 0;
}

int gettimeofday(struct timeval* restrict out, void* restrict zone)
{
    (void)zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t* out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
