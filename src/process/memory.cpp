#include "process/memory.hpp"

#include <sys/prctl.h>

namespace process {

void hide_memory()
{
    ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace process
