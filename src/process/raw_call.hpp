// System calls without libc, which notes an error in errno: for a child that shares the memory of its parent, and with
// it the parent's errno.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace process {

#if defined __x86_64__ || defined __aarch64__
inline constexpr bool k_has_raw_calls = true;

template <typename... Words>
inline long raw_call(long number, Words... words)
{
    static_assert(sizeof...(Words) <= 4);
    const long all[4] = {(long)words...};  // NOLINT: a pointer or a number
#if defined __x86_64__
    register long fourth __asm__("r10") = all[3];
    long result = 0;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(all[0]), "S"(all[1]), "d"(all[2]), "r"(fourth)
                     : "rcx", "r11", "memory");
    return result;
#else
    register long which __asm__("x8") = number;
    register long first __asm__("x0") = all[0];
    register long second __asm__("x1") = all[1];
    register long third __asm__("x2") = all[2];
    register long fourth __asm__("x3") = all[3];
    __asm__ volatile("svc 0" : "+r"(first) : "r"(which), "r"(second), "r"(third), "r"(fourth) : "memory");
    return first;
#endif
}
#else
inline constexpr bool k_has_raw_calls = false;

template <typename... Words>
inline long raw_call(long number, Words... words)
{
    const long result = ::syscall(number, words...);
    return result < 0 ? -errno : result;
}
#endif

}  // namespace process
