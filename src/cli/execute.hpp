// What each subcommand does: from options to values, then off it goes. One file a subcommand.
// All return the exit code, and throw Error.
#pragma once

#include "base/exit_code.hpp"
#include "cli/options.hpp"

namespace cli {

base::ExitCode execute(const GlobalOptions& global, const SemRunOptions& options);
base::ExitCode execute(const GlobalOptions& global, const SemAcquireOptions& options);
base::ExitCode execute(const GlobalOptions& global, const SemRenewOptions& options);
base::ExitCode execute(const GlobalOptions& global, const SemReleaseOptions& options);
base::ExitCode execute(const GlobalOptions& global, const BucketRunOptions& options);
base::ExitCode execute(const GlobalOptions& global, const BucketAcquireOptions& options);
base::ExitCode execute(const GlobalOptions& global, const BucketPipeOptions& options);
base::ExitCode execute(const GlobalOptions& global, const StatusOptions& options);
base::ExitCode execute(const GlobalOptions& global, const ResetOptions& options);
base::ExitCode execute(const GlobalOptions& global, const DoctorOptions& options);
base::ExitCode execute(const GlobalOptions& global, const ServerStartOptions& options);
base::ExitCode execute(const GlobalOptions& global, const ServerStopOptions& options);
base::ExitCode execute(const GlobalOptions& global, const ServerStatusOptions& options);

}  // namespace cli
