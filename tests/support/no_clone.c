/* clone(3) of a kernel that lacks it, for valgrind, which ends what calls it: limiters then calls fork(2). */

#include <errno.h>

int clone(int (*run)(void*), void* stack, int flags, void* of, ...)
{
    (void)run;
    (void)stack;
    (void)flags;
    (void)of;
    errno = ENOSYS;
    return -1;
}
