"""The files of this checkout."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*folders):
    """Paths of all files that git tracks or would track, in these folders (or everywhere), relative to ROOT."""
    if not (ROOT / ".git").exists():  # a release archive
        found = [p.relative_to(ROOT) for f in folders or ["."] for p in (ROOT / f).rglob("*") if p.is_file()]
        return sorted(p for p in found if p.parts[0] != "build" and "__pycache__" not in p.parts)
    # safe.directory: the tests may run as another user than the owner of the checkout.
    names = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = sorted({pathlib.Path(name) for name in names.split("\0") if name})
    return [path for path in paths if (ROOT / path).is_file()]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")
