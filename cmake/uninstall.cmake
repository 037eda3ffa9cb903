# Takes away what `cmake --install BUILD` has installed last, and the folders that are empty then.
set(manifest ${BUILD}/install_manifest.txt)
if(NOT EXISTS ${manifest})
    message(FATAL_ERROR "nothing was installed from ${BUILD}: there is no install_manifest.txt")
endif()
file(STRINGS ${manifest} installed)
foreach(path IN LISTS installed)
    file(REMOVE $ENV{DESTDIR}${path})
    # CMake says nothing of a file that it may not remove.
    if(EXISTS $ENV{DESTDIR}${path})
        message(FATAL_ERROR "could not remove $ENV{DESTDIR}${path}: uninstall as who installed it, or as root")
    endif()
    cmake_path(GET path PARENT_PATH folder)
    # Its own folder of documents is the only one that no other package shares.
    if(folder MATCHES "/doc/limiters$")
        file(REMOVE_RECURSE $ENV{DESTDIR}${folder})
    endif()
endforeach()
file(REMOVE ${manifest})
