"""What the scripts do on a whole machine, and the one sentence they say on a broken one."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
NEEDED = ("cat", "cksum", "cp", "dirname", "id", "mkdir", "sh")

# A Python that believes to be another; it is asked with `-c CODE`.
OLD_PYTHON = f"""#!{sys.executable}
import sys
sys.version_info = (3, 10, 4, "final", 0)
exec(sys.argv[2])
"""
PYTHON_WITHOUT_VENV = f"""#!{sys.executable}
import importlib.util, sys
importlib.util.find_spec = lambda name: None
exec(sys.argv[2])
"""
# One whose `venv` gives copies of this script, which write down what they are called with.
WHOLE_PYTHON = """#!/bin/sh
case "$1 $2" in
"-c "*)
    echo "ready 3.12"
    exit
    ;;
"-m venv")
    mkdir -p "$3/bin"
    for name in python pip layeron; do cp "$0" "$3/bin/$name"; done
    ;;
esac
echo "${0##*/} $*" >>"$CALLS"
"""


@dataclass(frozen=True)
class Checkout:
    """A copy of what the scripts read, and a PATH with hardly anything on it."""

    path: Path
    bin: Path
    calls: Path

    def command(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def run(self, script: str, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.bin), "HOME": str(self.path), "CALLS": str(self.calls)}
        return subprocess.run(
            [self.path / "scripts" / script, *args],
            env=environment | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def taken_calls(self) -> list[str]:
        """What was called since the last time this was asked."""
        calls = self.calls.read_text().splitlines()
        self.calls.unlink()
        return calls


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    path = tmp_path / "check out"  # paths may hold spaces
    path.mkdir()
    shutil.copytree(ROOT / "scripts", path / "scripts")
    for name in ("constraints.txt", "constraints-build.txt", "constraints-runtime.txt"):
        shutil.copy(ROOT / name, path)
    shutil.copy(ROOT / "pyproject.toml", path)
    (tmp_path / "bin").mkdir()
    for name in NEEDED:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or name)
    return Checkout(path, tmp_path / "bin", tmp_path / "calls")


def refusal(result: subprocess.CompletedProcess[str]) -> str:
    """The sentence that a failed script ends with."""
    assert result.returncode != 0
    assert result.stdout == ""
    sentence = result.stderr.splitlines()[-1]
    assert sentence.startswith("layeron: ")
    return sentence


def test_a_machine_without_python_is_told_what_to_install(checkout: Checkout) -> None:
    result = checkout.run("run")
    assert "Python 3.11 or newer is needed and none was found" in refusal(result)
    assert "apt-get install python3 python3-venv" in refusal(result)
    assert len(result.stderr.splitlines()) == 1


def test_an_old_python_is_named(checkout: Checkout) -> None:
    checkout.command("python3", OLD_PYTHON)
    assert "and only 3.10 was found" in refusal(checkout.run("test"))


def test_a_newer_python_is_found_beside_an_old_one(checkout: Checkout) -> None:
    checkout.command("python3", OLD_PYTHON)
    checkout.command("python3.12", WHOLE_PYTHON)
    assert checkout.run("run").returncode == 0
    assert any(call.startswith("python3.12 -m venv") for call in checkout.taken_calls())


def test_a_python_without_its_venv_module_is_told_the_package(checkout: Checkout) -> None:
    checkout.command("python3", PYTHON_WITHOUT_VENV)
    assert f"apt-get install python{VERSION}-venv" in refusal(checkout.run("run"))


def test_the_variable_python_wins_and_a_wrong_one_is_refused(checkout: Checkout) -> None:
    checkout.command("python3.12", WHOLE_PYTHON)
    checkout.command("old", OLD_PYTHON)
    assert "PYTHON is 'nonsense'" in refusal(checkout.run("run", PYTHON="nonsense"))
    assert "PYTHON is 'old', which is 3.10" in refusal(checkout.run("run", PYTHON="old"))


def test_a_folder_that_cannot_be_written_is_named_with_another_choice(checkout: Checkout) -> None:
    (checkout.path / "file").touch()
    result = checkout.run("run", PYTHON=sys.executable, LAYERON_VENV="file/venv")
    assert "file/venv cannot be written" in refusal(result)
    assert "LAYERON_VENV=" in refusal(result)


def test_an_unreachable_package_index_is_named(checkout: Checkout) -> None:
    nowhere = "http://127.0.0.1:9/simple"  # the discard port, on which nothing listens
    result = checkout.run("run", PYTHON=sys.executable, PIP_INDEX_URL=nowhere, PIP_RETRIES="0")
    assert "the package index cannot be reached; check the network" in refusal(result)


def test_an_environment_that_was_moved_is_told_to_be_made_anew(checkout: Checkout) -> None:
    (checkout.path / ".venv" / "bin").mkdir(parents=True)
    assert "make it anew: rm -r '" in refusal(checkout.run("run"))


def test_locked_packages_are_installed_by_hash_and_only_once(checkout: Checkout) -> None:
    checkout.command("python3.12", WHOLE_PYTHON)
    checkout.run("run")
    first = [call for call in checkout.taken_calls() if " -m pip install " in call]
    assert [call.rpartition("--requirement ")[2] for call in first[:-1]] == [
        "constraints-runtime.txt",
        "constraints-build.txt",
    ]
    assert all("--require-hashes" in call for call in first[:-1])
    assert first[-1].endswith("--no-deps --no-build-isolation --editable .")

    checkout.run("run")
    assert all(call.startswith("layeron ") for call in checkout.taken_calls())

    with (checkout.path / "constraints-runtime.txt").open("a") as lock:
        lock.write("# changed\n")
    checkout.run("run")
    assert [call for call in checkout.taken_calls() if " -m pip install " in call] == first


def test_run_makes_a_local_secret_and_starts_the_quickstart(checkout: Checkout) -> None:
    checkout.command("python3.12", WHOLE_PYTHON)
    assert checkout.run("run", "--port", "9000").returncode == 0
    assert [call for call in checkout.taken_calls() if call.startswith("layeron ")] == [
        "layeron secrets set STRIPE_WEBHOOK_SECRET --generate --if-missing",
        "layeron dev examples/quickstart.py:app --trigger stripe invoice.paid --port 9000",
    ]


def test_the_tests_run_with_the_development_packages_and_their_options(checkout: Checkout) -> None:
    checkout.command("python3.12", WHOLE_PYTHON)
    assert checkout.run("test", "-x").returncode == 0
    calls = checkout.taken_calls()
    assert any(call.endswith("--requirement constraints.txt") for call in calls)
    assert calls[-1].startswith("python -m pytest ")
    assert calls[-1].endswith(" -x")


def test_the_lowest_python_is_asked_for_when_locking(checkout: Checkout) -> None:
    checkout.command("python3.12", WHOLE_PYTHON)
    assert "locking needs Python 3.11" in refusal(checkout.run("lock", PYTHON="python3.12"))
