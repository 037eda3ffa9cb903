// Where CMD is looked for, before anything is asked of Redis.
#include "process/command.hpp"
#include "base/error.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace fs = std::filesystem;

namespace {

// A folder to look in, and PATH as it was afterwards.
class Folder {
public:
    Folder()
    {
        std::string name = (fs::temp_directory_path() / "limiters-unit-XXXXXX").string();
        m_path = ::mkdtemp(name.data());
        fs::create_directory(m_path / "first");
        fs::create_directory(m_path / "second");
        if (const char* path = std::getenv("PATH"))
            m_search = path;
        search("first:second");
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder()
    {
        fs::remove_all(m_path);
        if (m_search)
            ::setenv("PATH", m_search->c_str(), 1);
        else
            ::unsetenv("PATH");
    }

    [[nodiscard]] std::string operator/(const char* name) const { return (m_path / name).string(); }

    void add(const char* name, mode_t mode) const
    {
        std::ofstream(m_path / name) << "#!/bin/sh\n";
        ::chmod((m_path / name).c_str(), mode);
    }

    // A PATH of these folders below this one; an empty name stays empty.
    void search(std::string_view names) const
    {
        std::string path;
        for (bool more = true; more;) {
            const std::size_t colon = names.find(':');
            const std::string_view name = names.substr(0, colon);
            path += name.empty() ? "" : (m_path / name).string();
            more = colon != std::string_view::npos;
            path += more ? ":" : "";
            names.remove_prefix(more ? colon + 1 : names.size());
        }
        ::setenv("PATH", path.c_str(), 1);
    }

private:
    fs::path m_path;
    std::optional<std::string> m_search;
};

// 0 if it can be executed.
int code_for(const std::string& word)
{
    try {
        process::require_executable(word);
    } catch (const base::Error& e) {
        return base::number_of(e.code());
    }
    return 0;
}

}  // namespace

TEST_CASE("a word without a slash is searched in PATH, in its order")
{
    const Folder folder;
    folder.add("second/tool", 0755);
    CHECK(code_for("tool") == 0);
    CHECK(code_for("too") == 127);
    CHECK(code_for("tool ") == 127);
    folder.search("first");
    CHECK(code_for("tool") == 127);
}

TEST_CASE("a file that cannot be executed does not hide one further on")
{
    const Folder folder;
    folder.add("first/tool", 0644);
    CHECK(code_for("tool") == 126);
    folder.add("second/tool", 0755);
    CHECK(code_for("tool") == 0);
}

TEST_CASE("a folder of that name does not hide a file further on")
{
    const Folder folder;
    fs::create_directory(folder / "first/tool");
    CHECK(code_for("tool") == 126);
    folder.add("second/tool", 0755);
    CHECK(code_for("tool") == 0);
}

TEST_CASE("a word with a slash is not searched for")
{
    const Folder folder;
    folder.add("first/tool", 0755);
    CHECK(code_for(folder / "first/tool") == 0);
    CHECK(code_for(folder / "second/tool") == 127);
    CHECK(code_for("./tool") == 127);
    CHECK(code_for("first/tool") == 127);
}

TEST_CASE("a file without an executable bit, a folder and a device are found but not executable")
{
    const Folder folder;
    folder.add("first/plain", 0644);
    CHECK(code_for(folder / "first/plain") == 126);
    CHECK(code_for(folder / "first") == 126);
    CHECK(code_for("/") == 126);
    CHECK(code_for("/dev/null") == 126);
}

TEST_CASE("a path through a file, a link to nothing and an empty word are not found")
{
    const Folder folder;
    folder.add("first/tool", 0755);
    fs::create_symlink("nowhere", folder / "first/link");
    CHECK(code_for(folder / "first/tool/x") == 127);
    CHECK(code_for(folder / "first/link") == 127);
    CHECK(code_for("link") == 127);
    CHECK(code_for("") == 127);
}

TEST_CASE("a link to a program is a program")
{
    const Folder folder;
    folder.add("second/tool", 0755);
    fs::create_symlink(folder / "second/tool", folder / "first/link");
    CHECK(code_for("link") == 0);
}

TEST_CASE("an empty element of PATH is the current folder")
{
    const Folder folder;
    folder.add("here", 0755);
    const fs::path before = fs::current_path();
    fs::current_path(folder / ".");
    for (const std::string path : {"", ":first", "first:", "first::second"}) {
        folder.search(path);
        CHECK_MESSAGE(code_for("here") == 0, path);
    }
    folder.search("first:second");
    CHECK(code_for("here") == 127);
    fs::current_path(before);
}

TEST_CASE("without PATH the usual two folders are searched")
{
    const Folder folder;
    ::unsetenv("PATH");
    CHECK(code_for("sh") == 0);
    CHECK(code_for("limiters-no-such-program") == 127);
}

TEST_CASE("the message says what was looked for and why it cannot be run")
{
    const auto said = [](const std::string& word, int error) {
        try {
            process::throw_exec_error(word, error);
        } catch (const base::Error& e) {
            return std::to_string(base::number_of(e.code())) + ": " + e.what();
        }
    };
    CHECK(said("tool", ENOENT) == "127: tool: command not found");
    CHECK(said("a/b", ENOTDIR) == "127: a/b: command not found");
    CHECK(said("", ENOENT) == "127: '': command not found");
    CHECK(said("tool", EACCES) == "126: tool: cannot be executed: Permission denied");
    CHECK(said("tool", E2BIG).starts_with("126: "));
    CHECK(said("tool", ETXTBSY).starts_with("126: "));
    CHECK(said("tool", ENOEXEC).starts_with("126: "));
}
