// CMD: what is to be run, with its exact bytes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace process {

class Signals;

struct Command {
    std::vector<std::string> argv;
    // Variables that are set on top of the environment of this process, in place of any of the same name; nullopt: the
    // variable is unset.
    std::map<std::string, std::optional<std::string>> environment;
};

// Where a file may be by a search path such as PATH, in order: in each folder, and for an empty element in the current
// one, as execvp(3) has it.
std::vector<std::string> places_in(std::string_view path, const std::string& file);

// Finds out before anything is asked of Redis what execvp(3) would say later. Throws Error 127 (not found) or 126
// (found, but not executable, or a directory).
void require_executable(const std::string& word);

// Replaces this process by the command (execvp(3), /bin/sh for a file without "#!" included), with the signals as
// inherited. Returns only on failure, by throwing Error 126 or 127.
[[noreturn]] void replace_by(const Command& command, const Signals& signals);

// A command as execve(2) wants it, with pointers into the Command, which must outlive it.
class ExecImage {
public:
    explicit ExecImage(const Command& command);

    [[nodiscard]] char* const* argv() const { return m_argv.data(); }
    [[nodiscard]] char* const* environment() const { return m_environment.data(); }

private:
    std::vector<std::string> m_assignments;
    std::vector<char*> m_argv;
    std::vector<char*> m_environment;
};

// The files that execvp(3) would try for the word CMD begins with, in their order.
std::vector<std::string> candidates(const std::string& word);

// 126 or 127 for an errno of exec(3), with the message for the user.
[[noreturn]] void throw_exec_error(const std::string& word, int error);

}  // namespace process
