"""What must hold for the files of the repository themselves."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
SCRIPTS = sorted(path.name for path in (ROOT / "scripts").iterdir() if path.suffix != ".sh")

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    ".".join(pieces)
    for pieces in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("maven", "org"),
        ("deb", "debian", "org"),
    ]
]
FOLDERS_OF_ONE_MACHINE = re.compile("(?<![a-z0-9_.-])/" + "(?:work|root)/")


def git(*arguments: str) -> list[str]:
    result = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in result.stdout.split("\0") if name]


def texts() -> list[tuple[str, str]]:
    """Every text file that is or would be committed."""
    found: list[tuple[str, str]] = []
    for name in git("ls-files", "-z", "--cached", "--others", "--exclude-standard"):
        path = ROOT / name
        if path.is_file() and b"\0" not in path.read_bytes():
            found.append((name, path.read_text(encoding="utf-8")))
    return found


def without_comments(name: str) -> str:
    return re.sub(r"(?m)^#.*\n|^\n", "", (ROOT / name).read_text())


def locked(name: str) -> dict[str, str]:
    """Every package of a constraints file with the rest of its entry: version and hashes."""
    entries = re.split(r"(?m)^(?=[a-z0-9])", without_comments(name))[1:]
    return dict(entry.split("==", 1) for entry in entries)


def test_no_file_names_a_package_registry() -> None:
    assert [name for name, text in texts() if any(host in text for host in REGISTRIES)] == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    assert [name for name, text in texts() if FOLDERS_OF_ONE_MACHINE.search(text)] == []


@pytest.mark.parametrize(
    "name",
    [
        "constraints.txt",
        "constraints-build.txt",
        "constraints-deploy.txt",
        "constraints-runtime.txt",
    ],
)
def test_constraints_hold_only_names_versions_and_hashes(name: str) -> None:
    entry = re.compile(
        r"[a-z0-9][a-z0-9._-]*==[^\s;]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    )
    assert entry.sub("", without_comments(name)) == ""


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("constraints-runtime.txt", PYPROJECT["project"]["dependencies"]),
        ("constraints-build.txt", PYPROJECT["build-system"]["requires"]),
        ("constraints.txt", PYPROJECT["dependency-groups"]["dev"]),
        ("constraints-deploy.txt", PYPROJECT["dependency-groups"]["deploy"]),
    ],
)
def test_every_dependency_is_locked(name: str, wanted: list[str]) -> None:
    entries = locked(name)
    for requirement in map(Requirement, wanted):
        version = entries[canonicalize_name(requirement.name)].split()[0]
        assert requirement.specifier.contains(version), requirement.name


def test_the_smaller_locks_are_parts_of_the_whole() -> None:
    whole = locked("constraints.txt").items()
    assert locked("constraints-runtime.txt").items() <= whole
    assert locked("constraints-build.txt").items() <= whole


@pytest.mark.parametrize("name", [*(f"scripts/{name}" for name in SCRIPTS), ".ci/run"])
def test_scripts_are_executable(name: str) -> None:
    (entry,) = git("ls-files", "-z", "--stage", name)
    assert entry.startswith("100755 ")


def test_every_script_has_a_make_target_and_every_target_is_in_the_help() -> None:
    targets = re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text())
    assert sorted(targets) == sorted([*SCRIPTS, "help"])
    if shutil.which("make") is None:
        pytest.fail("make is missing; install it: apt-get install make")
    # Under `make check` this make is an inner one, which would say where it goes.
    command = ["make", "--no-print-directory"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line.split()[:2] for line in shown.splitlines()] == [["make", name] for name in targets]


def test_the_version_is_the_newest_in_the_changelog() -> None:
    released = re.findall(r"(?m)^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text())
    assert released[0] == PYPROJECT["project"]["version"]
