// Descriptors 0 to 2, one or more of which the caller may have closed.
#pragma once

namespace process {

// A standard descriptor that the caller closed (`<&-`, `2>&-`) is filled with a close-on-exec /dev/null, so that none
// of our own descriptors lands there; CMD sees it closed again.
void fill_standard_fds();

// Whether this one was closed and has been filled: what is written there reaches nobody.
bool was_closed(int standard_fd);

}  // namespace process
