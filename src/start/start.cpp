// The entry of a static program on x86-64, in place of glibc's: the same steps in the same order, but without asking
// the processor what it can do.
//
// glibc's own start runs the instruction CPUID some 70 times (2.36; 28 times in 2.41), and OpenSSL's four times, to
// choose among variants of memcpy and its like. A virtual machine leaves its guest for each: together up to a fifth of
// all that one `limiters sem run` costs. Here each function gets the variant that every x86-64 has; what limiters
// copies is short. Where CPUID is cheap (bare metal), this is worth nothing, and costs nothing.
//
// The steps need symbols of libc.a that glibc does not promise: those declared below. They were read off, and tried
// with, glibc 2.36 (Debian 12) and 2.41 (Debian 13). CMakeLists.txt leaves this file out for any other version, where
// the program of cmake/start_check.cpp does not come through, or where LIMITERS_START is OFF.
//
// Kept: stack protector, pointer guard, read-only relocations, secure mode, tunables (but for those of glibc.cpu), the
// clock of the vDSO, thread-local storage, constructors. Given up: variants for AVX and the like, and sysconf(3) of
// cache sizes. (Neither version's own start of a static program turns on shadow stacks.)
//
// There is no stack protector in this file, because its word is not there yet, and no call of memcpy or memset before
// their relocations.

#include <elf.h>
#include <features.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>

#if __GLIBC__ != 2 || (__GLIBC_MINOR__ != 36 && __GLIBC_MINOR__ != 41)
#error "the steps of this glibc's start were not read"
#endif

extern "C" {

// Symbols of glibc.
extern char** __environ;
extern void* __libc_stack_end;
extern int __libc_enable_secure;
extern void* _dl_random;
extern uint64_t _dl_hwcap;
extern size_t _dl_minsigstacksize;
extern long __x86_shared_non_temporal_threshold;
extern long __x86_rep_movsb_stop_threshold;
#if __GLIBC_MINOR__ >= 41
extern long __x86_memset_non_temporal_threshold;
#endif

void _dl_aux_init(ElfW(auxv_t) *);
void __tunables_init(char**);
void __libc_setup_tls();
void __libc_early_init(bool);
void __libc_init_first(int, char**, char**);
void __libc_check_standard_fds();
void* _dl_debug_initialize(ElfW(Addr), long);
int __cxa_atexit(void (*)(void*), void*, void*);
void _init();
void _fini();

// Symbols of the linker.
extern const ElfW(Rela) __rela_iplt_start[];
extern const ElfW(Rela) __rela_iplt_end[];
using Constructor = void (*)(int, char**, char**);
using Destructor = void (*)();
extern const Constructor __preinit_array_start[];
extern const Constructor __preinit_array_end[];
extern const Constructor __init_array_start[];
extern const Constructor __init_array_end[];
extern const Destructor __fini_array_start[];
extern const Destructor __fini_array_end[];

// OpenSSL's section .init runs this before main(), and its own initialisation runs it again.
void __real_OPENSSL_cpuid_setup();

// C++ lets nobody call main() by its name.
int limiters_main(int, char**, char**) __asm__("main");
}

namespace {

// Blocks larger than this go past the caches, and are long enough for the loop that does so: what glibc takes for a
// share of 1 MB in the last cache.
constexpr long k_large_block = 0xc0000;
constexpr size_t k_signal_frame = 16384;  // enough with AVX-512 and AMX, where the kernel (before 5.14) does not say
constexpr uint64_t k_hwcap_x86_64 = 2;

bool g_started = false;

void choose_variants()
{
    for (const ElfW(Rela)* one = __rela_iplt_start; one < __rela_iplt_end; ++one) {
        if (ELF64_R_TYPE(one->r_info) != R_X86_64_IRELATIVE)
            __builtin_trap();
        const auto resolve = reinterpret_cast<ElfW(Addr) (*)()>(one->r_addend);
        *reinterpret_cast<ElfW(Addr)*>(one->r_offset) = resolve();
    }
    __x86_shared_non_temporal_threshold = k_large_block;
    __x86_rep_movsb_stop_threshold = k_large_block;
#if __GLIBC_MINOR__ >= 41
    __x86_memset_non_temporal_threshold = k_large_block;
#endif
}

void set_guards()
{
    const auto* random = static_cast<const uint64_t*>(_dl_random);
    const uint64_t stack = random[0] & ~uint64_t{0xff};  // a byte of zero stops what copies a string
    const uint64_t pointer = random[1];
    __asm__ volatile("mov %0, %%fs:0x28\n\tmov %1, %%fs:0x30" : : "r"(stack), "r"(pointer) : "memory");
}

void construct(int argc, char** argv, char** environment)
{
    for (const Constructor* one = __preinit_array_start; one < __preinit_array_end; ++one)
        (*one)(argc, argv, environment);
    _init();
    for (const Constructor* one = __init_array_start; one < __init_array_end; ++one)
        (*one)(argc, argv, environment);
}

void destruct(void*)
{
    for (const Destructor* one = __fini_array_end; one > __fini_array_start;)
        (*--one)();
    _fini();
}

}  // namespace

// Only TLS needs what OpenSSL asks the processor, and begins with OpenSSL's initialisation.
extern "C" void __wrap_OPENSSL_cpuid_setup()
{
    if (g_started)
        __real_OPENSSL_cpuid_setup();
}

// `stack` is what the kernel has left there: the number of words, the words, the environment, and facts about the
// process (the auxiliary vector), the first three ended by a null.
extern "C" [[noreturn, gnu::used]] void limiters_start_with(void** stack)
{
    const int argc = static_cast<int>(reinterpret_cast<intptr_t>(stack[0]));
    char** const argv = reinterpret_cast<char**>(stack + 1);
    char** const environment = argv + argc + 1;
    char** end = environment;
    while (*end != nullptr)
        ++end;

    __environ = environment;
    __libc_stack_end = stack;
    _dl_aux_init(reinterpret_cast<ElfW(auxv_t)*>(end + 1));
    __tunables_init(__environ);
    if (_dl_minsigstacksize == 0)
        _dl_minsigstacksize = k_signal_frame;
    _dl_hwcap = k_hwcap_x86_64;
    choose_variants();
    __libc_setup_tls();
    set_guards();
    __libc_early_init(true);
    __libc_init_first(argc, argv, __environ);
    __cxa_atexit(destruct, nullptr, nullptr);
    if (__libc_enable_secure != 0)
        __libc_check_standard_fds();
    construct(argc, argv, __environ);
    g_started = true;
    _dl_debug_initialize(0, 0);
    exit(limiters_main(argc, argv, __environ));
}

// The kernel leaves rsp at the number of words; the ABI wants it to end in a zero digit, and no frame above this one.
__asm__(R"(
    .text
    .globl limiters_start
    .type limiters_start, @function
limiters_start:
    .cfi_startproc
    .cfi_undefined rip
    xor %ebp, %ebp
    mov %rsp, %rdi
    and $-16, %rsp
    call limiters_start_with
    hlt
    .cfi_endproc
    .size limiters_start, . - limiters_start
    .section .note.GNU-stack, "", @progbits
    .text
)");
