// Each subcommand, from its options to its exit code, in a file of its own. All throw Error.
#pragma once

#include "base/exit_code.hpp"
#include "options/options.hpp"

namespace commands {

base::ExitCode execute(const options::GlobalOptions& global, const options::HelpOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::VersionOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::SemRunOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::SemAcquireOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::SemRenewOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::SemReleaseOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::BucketRunOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::BucketAcquireOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::BucketPipeOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::StatusOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::TopOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::ResetOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::LimitOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::PauseOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::ResumeOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::DoctorOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::ServerStartOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::ServerStopOptions& options);
base::ExitCode execute(const options::GlobalOptions& global, const options::ServerStatusOptions& options);

}  // namespace commands
