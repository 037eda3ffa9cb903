# One program for all targets, with clang and libFuzzer; of the sources only those that read what comes from outside.
set(fuzz_sources)
foreach(folder base limiter options redis commands/status commands/top terminal)
    file(GLOB files CONFIGURE_DEPENDS src/${folder}/*.cpp)
    list(APPEND fuzz_sources ${files})
endforeach()
# tests/fuzz/answers.cpp stands in the place of the socket.
list(FILTER fuzz_sources EXCLUDE REGEX
    "redis/socket.cpp|status/(status|collect).cpp|top/(top|picture).cpp|terminal/(full_screen|live_line).cpp")
file(GLOB fuzz_targets CONFIGURE_DEPENDS tests/fuzz/*.cpp)

add_executable(fuzz EXCLUDE_FROM_ALL ${fuzz_sources} ${fuzz_targets} ${scripts} ${agreed})
set_property(SOURCE ${fuzz_targets} PROPERTY SKIP_UNITY_BUILD_INCLUSION ON)
target_include_directories(fuzz PRIVATE src ${PROJECT_BINARY_DIR}/generated)
set(fuzz_sanitizers -fsanitize=fuzzer,address,undefined,float-divide-by-zero -fno-sanitize-recover=all)
target_compile_options(fuzz PRIVATE ${fuzz_sanitizers})
target_link_options(fuzz PRIVATE ${fuzz_sanitizers})
# toml++ 3.3 says of the characters from U+00A1 on that no program comes to them where it looks for blanks, and does.
set_property(SOURCE src/options/config_file.cpp APPEND PROPERTY COMPILE_OPTIONS -fno-sanitize=unreachable)
target_link_libraries(fuzz PRIVATE ${fmt_library} PkgConfig::HIREDIS PkgConfig::OPENSSL CLI11::CLI11
    nlohmann_json::nlohmann_json)
