// What each subcommand does: from options to values, then off it goes. One file a subcommand.
// All return the exit code, and throw Error.
#pragma once

#include "cli/options.hpp"

namespace cli {

int execute(const GlobalOptions& global, const SemRunOptions& options);
int execute(const GlobalOptions& global, const SemAcquireOptions& options);
int execute(const GlobalOptions& global, const SemRenewOptions& options);
int execute(const GlobalOptions& global, const SemReleaseOptions& options);
int execute(const GlobalOptions& global, const BucketRunOptions& options);
int execute(const GlobalOptions& global, const BucketAcquireOptions& options);
int execute(const GlobalOptions& global, const BucketPipeOptions& options);
int execute(const GlobalOptions& global, const StatusOptions& options);
int execute(const GlobalOptions& global, const ResetOptions& options);
int execute(const GlobalOptions& global, const DoctorOptions& options);
int execute(const GlobalOptions& global, const ServerStartOptions& options);
int execute(const GlobalOptions& global, const ServerStopOptions& options);
int execute(const GlobalOptions& global, const ServerStatusOptions& options);

}  // namespace cli
