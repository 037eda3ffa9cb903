// The memory of this process, and who can read it.
#pragma once

namespace process {

// From now on no core file is made of this process, and no other of its user can attach to it: its memory has a
// password. What is executed in its place is not concerned.
void hide_memory();

}  // namespace process
