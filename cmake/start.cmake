# Our own start of a static program on x86-64 (src/start/start.cpp), if this glibc is one whose steps it knows and a
# program that begins with it does come through; else glibc's, which is slower on virtual machines and nothing else.
set(start_flags -fno-stack-protector -fno-tree-loop-distribute-patterns -fcf-protection=none -O2 -fno-pie)
set(start_link -static -no-pie -Wl,--entry=limiters_start -Wl,--wrap=OPENSSL_cpuid_setup)
try_run(start_result start_compiles
    SOURCES ${PROJECT_SOURCE_DIR}/cmake/start_check.cpp ${PROJECT_SOURCE_DIR}/src/start/start.cpp
    COMPILE_DEFINITIONS ${start_flags}
    LINK_OPTIONS ${start_link}
    LINK_LIBRARIES PkgConfig::OPENSSL
    CXX_STANDARD 20
    COMPILE_OUTPUT_VARIABLE start_compile_output
    RUN_OUTPUT_VARIABLE start_output)
if(start_compiles AND start_result STREQUAL "0")
    message(STATUS "The program starts without CPUID")
    target_sources(limiters PRIVATE src/start/start.cpp)
    set_source_files_properties(src/start/start.cpp PROPERTIES
        COMPILE_OPTIONS "${start_flags}" SKIP_UNITY_BUILD_INCLUSION ON SKIP_PRECOMPILE_HEADERS ON)
    target_link_options(limiters PRIVATE ${start_link})
else()
    message(STATUS "The program starts as glibc starts it: ${start_output}")
    file(WRITE ${PROJECT_BINARY_DIR}/start.log "${start_compile_output}\n${start_output}\n")
endif()
