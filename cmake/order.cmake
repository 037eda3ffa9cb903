# Puts what a run touches side by side (order.txt, written by order.py), so that it costs few page faults: the linker's
# own script for a static program, with these sections named first. What is not there (another compiler, another libc) is
# passed over. Where the linker has no such script, or does not take it, everything stays where it was.
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -static -no-pie -Wl,-z,relro,-z,now -Wl,--verbose -x c /dev/null -o /dev/null
    OUTPUT_VARIABLE order_linker ERROR_QUIET)
string(REGEX MATCH "\n====+\n(.*)\n====+" order_found "${order_linker}")
set(order_script "${CMAKE_MATCH_1}")

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS cmake/order.txt)
file(STRINGS cmake/order.txt order_lines)
foreach(kind text rodata relro data bss)
    set(order_${kind} ${order_lines})
    list(FILTER order_${kind} INCLUDE REGEX "^${kind} ")
    list(TRANSFORM order_${kind} REPLACE "^${kind} " "    ")
    list(JOIN order_${kind} "\n" order_${kind})
endforeach()
string(REGEX REPLACE "(\n  \\.text +:[^{]*{)" "\\1\n${order_text}" order_script "${order_script}")
string(REGEX REPLACE "(\n  \\.rodata +: {)" "\\1\n${order_rodata}\n   " order_script "${order_script}")
string(REGEX REPLACE "(\n  \\.data\\.rel\\.ro +: {)" "\\1\n${order_relro}\n   " order_script "${order_script}")
string(REGEX REPLACE "(\n  \\.data +:[^{]*{)" "\\1\n${order_data}" order_script "${order_script}")
string(REGEX REPLACE "(\n  \\.bss +:[^{]*{)" "\\1\n${order_bss}" order_script "${order_script}")
file(WRITE ${PROJECT_BINARY_DIR}/order.ld "${order_script}\n")

include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LINK_OPTIONS -static -no-pie -Wl,-z,relro,-z,now -Wl,-T,${PROJECT_BINARY_DIR}/order.ld)
check_cxx_source_compiles("#include <string>\nint main(int, char** argv) { return std::string(argv[0]).empty(); }"
    LINKER_TAKES_ORDER)
unset(CMAKE_REQUIRED_LINK_OPTIONS)
if(order_found AND LINKER_TAKES_ORDER)
    target_link_options(limiters PRIVATE -Wl,-T,${PROJECT_BINARY_DIR}/order.ld)
    set_property(TARGET limiters APPEND PROPERTY LINK_DEPENDS ${PROJECT_BINARY_DIR}/order.ld)
endif()
