"""The release is built from several files of a folder joined into one, which halves its time: two of them must not have
the same name for two things of their own."""

import collections
import re
import unittest

from support.tree import files, text

ANONYMOUS = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.DOTALL | re.MULTILINE)
CONSTANT = re.compile(r"^(?:inline )?(?:constexpr|const)\b[^;{(=]*?\b(k_\w+)", re.MULTILINE)
TYPE = re.compile(r"^(?:struct|class|enum class|enum) (\w+)[^;]*?\{", re.MULTILINE)
FUNCTION = re.compile(r"^(?!using|static_assert|struct|class|enum|return)[\w:<>,&*\[\] ]+?\b(\w+)\(([^()]*)\)(?: const)?(?: noexcept)?\n\{", re.MULTILINE)


def own_names(path):
    for inside in ANONYMOUS.findall(text(path)):
        yield from CONSTANT.findall(inside)
        yield from TYPE.findall(inside)
        for name, parameters in FUNCTION.findall(inside):
            types = [re.sub(r"(?:^const )|\s*\b\w+$|/\*.*?\*/", "", p.strip()).strip() for p in parameters.split(",")]
            yield f"{name}({', '.join(types)})"


class Names(unittest.TestCase):
    def test_no_two_files_of_a_folder_have_a_name_of_their_own_in_common(self):
        homes = collections.defaultdict(set)
        for path in files("src"):
            if path.suffix == ".cpp":
                for name in own_names(path):
                    homes[path.parts[1], name].add(str(path))
        self.assertGreater(len(homes), 200)
        self.assertEqual({name: sorted(paths) for (_, name), paths in homes.items() if len(paths) > 1}, {})


if __name__ == "__main__":
    unittest.main()
