// A program that CMake runs with the start of src/start/start.cpp before it trusts that: it ends with 0 if everything
// that a start has to do was done, else with the number of the line that found something wrong, as far as a byte can
// tell. Nothing of it is part of limiters.

#include <elf.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" {
extern const char __init_array_start[];
extern void* _dl_vdso_clock_gettime64;
extern unsigned OPENSSL_ia32cap_P[];
}

namespace {

#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                                    \
            _exit(__LINE__ % 255 + 1);                                                                                 \
        }                                                                                                              \
    } while (false)

int g_constructed = 0;
[[gnu::constructor]] void construct()
{
    ++g_constructed;
}

int g_pipe[2];
[[gnu::destructor]] void destruct()
{
    [[maybe_unused]] const auto ignored = write(g_pipe[1], "d", 1);
}

thread_local int t_number = 42;
thread_local std::string t_text = "text";

uint64_t word_of_thread(int offset)
{
    uint64_t word = 0;
    __asm__("mov %%fs:(%1), %0" : "=r"(word) : "r"(static_cast<intptr_t>(offset)));
    return word;
}

void check_guards()
{
    REQUIRE(word_of_thread(0x28) != 0 && (word_of_thread(0x28) & 0xff) == 0);
    REQUIRE(word_of_thread(0x30) != 0);
    REQUIRE(word_of_thread(0x28) >> 8 != word_of_thread(0x30) >> 8);
}

// The flags of the mapping that holds an address, such as "r--p".
std::string rights_of(const void* address)
{
    FILE* maps = fopen("/proc/self/maps", "re");
    char line[512];
    while (maps != nullptr && fgets(line, sizeof line, maps) != nullptr) {
        unsigned long begin = 0;
        unsigned long end = 0;
        char rights[8] = "";
        if (sscanf(line, "%lx-%lx %4s", &begin, &end, rights) == 3 && reinterpret_cast<uintptr_t>(address) >= begin &&
            reinterpret_cast<uintptr_t>(address) < end) {
            fclose(maps);
            return rights;
        }
    }
    return {};
}

// The variants of the string functions against loops that are their meaning.
void check_blocks(size_t size, size_t shift)
{
    std::vector<unsigned char> from(size + 256);
    std::vector<unsigned char> to(size + 256, 1);
    for (size_t i = 0; i < from.size(); ++i)
        from[i] = static_cast<unsigned char>(1 + i * 7 % 251);
    memcpy(to.data() + shift, from.data() + 3, size);
    for (size_t i = 0; i < to.size(); ++i)
        REQUIRE(to[i] == (i < shift || i >= shift + size ? 1 : from[i - shift + 3]));
    std::vector<unsigned char> moved = from;
    memmove(moved.data() + shift, moved.data(), size);
    for (size_t i = 0; i < size; ++i)
        REQUIRE(moved[shift + i] == from[i]);
    moved = from;
    memmove(moved.data(), moved.data() + shift, size);
    for (size_t i = 0; i < size; ++i)
        REQUIRE(moved[i] == from[i + shift]);
    memset(to.data() + shift, 0, size);
    for (size_t i = 0; i < to.size(); ++i)
        REQUIRE((to[i] == 0) == (i >= shift && i < shift + size));
    from[size + 3] = 0;
    REQUIRE(strlen(reinterpret_cast<char*>(from.data()) + 3) == size);
    REQUIRE(memchr(from.data() + 3, 0, size + 1) == from.data() + size + 3);
    REQUIRE(memcmp(from.data(), moved.data(), 0) == 0);
}

void check_strings()
{
    for (size_t size = 0; size < 600; ++size)
        check_blocks(size, 1 + size % 17);
    for (const size_t size : {4095UL, 65537UL, 0xc0000UL - 1, 0xc0000UL + 1, 0xc0000UL * 5 + 77, 0xc0000UL * 20 + 5})
        for (const size_t shift : {1UL, 64UL, 200UL})
            check_blocks(size, shift);
    REQUIRE(strchr("limiters", 'e') != nullptr && strstr("limiters", "mite") != nullptr && strcmp("a", "b") < 0);
}

void check_exception()
{
    std::string caught;
    try {
        throw std::runtime_error("thrown");
    } catch (const std::exception& error) {
        caught = error.what();
    }
    REQUIRE(caught == "thrown");
}

void* run_thread(void* out)
{
    REQUIRE(t_number == 42 && t_text == "text");
    t_number = 7;
    *static_cast<uint64_t*>(out) = word_of_thread(0x28);
    return nullptr;
}

void check_thread()
{
    uint64_t canary = 0;
    pthread_t thread{};
    REQUIRE(pthread_create(&thread, nullptr, run_thread, &canary) == 0 && pthread_join(thread, nullptr) == 0);
    REQUIRE(canary == word_of_thread(0x28) && t_number == 42);
}

// What is written at the end: by stdio, whose buffers exit(3) flushes, and by destructors.
void check_end(int (*end)())
{
    REQUIRE(pipe(g_pipe) == 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(g_pipe[1], STDOUT_FILENO);
        fputs("p", stdout);
        exit(end());
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 3);
    char said[8] = "";
    REQUIRE(read(g_pipe[0], said, sizeof said) == 2);
    REQUIRE(strcmp(said, "dp") == 0);
    close(g_pipe[0]);
    g_pipe[1] = -1;
}

}  // namespace

int main(int argc, char** argv)
{
    REQUIRE(g_constructed == 1);
    REQUIRE(argc >= 1 && argv[0] != nullptr && argv[argc] == nullptr);
    setenv("LIMITERS_CHECK", "1", 1);
    REQUIRE(strcmp(getenv("LIMITERS_CHECK"), "1") == 0);
    REQUIRE(program_invocation_short_name != nullptr && *program_invocation_short_name != '\0');
    REQUIRE(t_number == 42 && t_text == "text");
    check_guards();
    REQUIRE(rights_of(__init_array_start) == "r--p");
    REQUIRE(getauxval(AT_SYSINFO_EHDR) == 0 || _dl_vdso_clock_gettime64 != nullptr);
    timespec now{};
    REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0 && now.tv_sec + now.tv_nsec > 0);
    REQUIRE(getauxval(AT_SECURE) == 0 && sysconf(_SC_PAGESIZE) == 4096 && sysconf(_SC_MINSIGSTKSZ) > 0);
    check_strings();
    check_exception();
    check_thread();
    check_end([] { return 3; });
    REQUIRE(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1 && OPENSSL_ia32cap_P[0] != 0);
    return 0;
}
