// bare_flock FILE COMMAND [ARG…]: what flock(1) does, and nothing else. Linked with musl it runs no CPUID, so that what
// limiters costs beyond it is limiters' own, on whatever host.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv)
{
    int status = 0;
    if (argc < 3)
        return 64;
    const int fd = open(argv[1], O_RDONLY | O_CREAT | O_NOCTTY | O_CLOEXEC, 0666);
    if (fd < 0 || flock(fd, LOCK_EX) != 0)
        return 69;
    const pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return 71;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
