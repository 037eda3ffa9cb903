# Writes OUTPUT, a header with one redis::Script for each LUA/FOLDER/VERB.lua, and the SHA1 by which a server knows it.
# A script is these texts of its folder joined byte for byte, as far as they are there: opening.lua, VERB_short.lua (the
# common case, which returns before the rest is run through), common*.lua by name, and VERB.lua.

set(header "// Generated from lua/ by cmake/embed_scripts.cmake.\n#pragma once\n#include \"redis/script.hpp\"\n\n")
string(APPEND header "namespace limiter::scripts {\n")

file(GLOB folders ${LUA}/*)
foreach(folder IN LISTS folders)
    cmake_path(GET folder FILENAME folder_name)
    file(GLOB openings ${folder}/opening.lua)
    file(GLOB commons ${folder}/common*.lua)
    file(GLOB shorts ${folder}/*_short.lua)
    file(GLOB verbs ${folder}/*.lua)
    list(REMOVE_ITEM verbs ${openings} ${commons} ${shorts})
    foreach(verb IN LISTS verbs)
        cmake_path(GET verb STEM verb_name)
        file(GLOB short ${folder}/${verb_name}_short.lua)
        set(text "")
        foreach(part IN LISTS openings short commons ITEMS ${verb})
            file(READ ${part} own)
            # Quoted from here to the file: unquoted, CMake would take the text for a list.
            string(APPEND text "${own}")
        endforeach()
        if(text MATCHES "\\)lua\"")
            message(FATAL_ERROR "${verb}: )lua\" would end the C++ string it is embedded in")
        endif()
        string(SHA1 sha1 "${text}")
        string(APPEND header "\ninline constexpr redis::Script ${folder_name}_${verb_name}{\n"
            "    \"${folder_name}/${verb_name}\",\n    R\"lua(${text})lua\",\n    \"${sha1}\"};\n")
    endforeach()
endforeach()

string(APPEND header "\n} // namespace limiter::scripts\n")
file(WRITE ${OUTPUT} "${header}")
