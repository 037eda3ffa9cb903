#include "process/command.hpp"

#include "base/advice.hpp"
#include "base/error.hpp"
#include "process/signals.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace process {

namespace {

// The errno that execve(2) would give for what can be seen from outside; 0 if it would start.
int executable_error(const std::string& path)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return errno;
    if (!S_ISREG(status.st_mode) || ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0)
        return EACCES;
    return 0;
}

// The search of execvp(3), which remembers EACCES and takes all else for "not here".
int search_error(const std::string& word)
{
    int error = ENOENT;
    for (const std::string& place : candidates(word)) {
        const int here = executable_error(place);
        if (here == 0)
            return 0;
        if (here == EACCES)
            error = EACCES;
    }
    return error;
}

int lookup_error(const std::string& word)
{
    return word.find('/') != std::string::npos ? executable_error(word) : search_error(word);
}

std::string name_of(std::string_view entry)
{
    return std::string(entry.substr(0, entry.find('=')));
}

}  // namespace

std::vector<std::string> places_in(std::string_view path, const std::string& file)
{
    std::vector<std::string> places;
    for (;;) {
        const std::size_t colon = path.find(':');
        std::string place(path.substr(0, colon));
        if (!place.empty())
            place += '/';
        places.push_back(place += file);
        if (colon == std::string_view::npos)
            return places;
        path.remove_prefix(colon + 1);
    }
}

std::vector<std::string> candidates(const std::string& word)
{
    if (word.empty())
        return {};
    if (word.find('/') != std::string::npos)
        return {word};
    const char* path = std::getenv("PATH");
    return places_in(path != nullptr ? path : "/bin:/usr/bin", word);
}

void require_executable(const std::string& word)
{
    // A whole line is shown up to its first word only, because a password may stand behind it.
    if (const std::size_t end = word.find_first_of(" ;|&<>"); end != word.npos && lookup_error(word) == ENOENT)
        throw base::Error(base::ExitCode::not_found, "'{} ...': command not found; {}", word.substr(0, end),
                          base::advice(base::Advice::run_a_shell));
    if (const int error = lookup_error(word); error != 0)
        throw_exec_error(word, error);
}

void throw_exec_error(const std::string& word, int error)
{
    if (error == ENOENT && lookup_error(word) == 0)
        throw base::Error(base::ExitCode::not_found, "{}: the interpreter that it names was not found", word);
    if (error == ENOENT || error == ENOTDIR)
        throw base::Error(base::ExitCode::not_found, "{}: command not found", word.empty() ? "''" : word);
    throw base::Error(base::ExitCode::not_executable, "{}: cannot be executed: {}", word, std::strerror(error));
}

ExecImage::ExecImage(const Command& command)
{
    for (const auto& [name, value] : command.environment)
        if (value)
            m_assignments.push_back(name + "=" + *value);
    for (const std::string& word : command.argv)
        m_argv.push_back(const_cast<char*>(word.c_str()));
    m_argv.push_back(nullptr);
    for (char** entry = environ; *entry != nullptr; ++entry)
        if (!command.environment.contains(name_of(*entry)))
            m_environment.push_back(*entry);
    for (std::string& assignment : m_assignments)
        m_environment.push_back(assignment.data());
    m_environment.push_back(nullptr);
}

void replace_by(const Command& command, const Signals& signals)
{
    const ExecImage image(command);
    signals.restore();
    ::execvpe(image.argv()[0], image.argv(), image.environment());
    throw_exec_error(command.argv[0], errno);
}

}  // namespace process
