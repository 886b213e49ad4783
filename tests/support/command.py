"""The ``layeron`` command as its users run it: in processes of its own."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from layeron.cli.main import main
from tests.support.vendor import SECRET, SECRET_NAME

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-P", "-m", "layeron")
PATIENCE_SECONDS = 40

# Processes are copies of one that has loaded the command once: half a second each is saved.
_LOADED = multiprocessing.get_context("forkserver")
_LOADED.set_forkserver_preload([__name__, "layeron.cli.records"])
_OTHERS = re.compile(r"(LAYERON|TEMPORAL|STRIPE)_\w+")


def variables(**more: str) -> dict[str, str]:
    """An environment without settings of the machine's, in which the command is installed."""
    kept = {name: value for name, value in os.environ.items() if not _OTHERS.fullmatch(name)}
    return {**kept, "PYTHONPATH": str(ROOT), SECRET_NAME: SECRET, **more}


@dataclass(frozen=True)
class Result:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def layeron(*arguments: str | Path, folder: Path, stdin: str = "", **more: str) -> Result:
    """Run a command to its end, in a process that has loaded it already.

    Args:
        arguments: of the command.
        folder: to run it in.
        stdin: what it reads.
        more: environment variables.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.NamedTemporaryFile()) for _ in range(3)]
        files[0].write(stdin.encode())
        files[0].flush()
        process = _LOADED.Process(
            target=_become,
            args=(list(map(str, arguments)), folder, variables(**more), [f.name for f in files]),
        )
        process.start()
        process.join(PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
        assert process.exitcode is not None
        _, stdout, stderr = (Path(file.name).read_text() for file in files)
        return Result(process.exitcode, stdout, stderr)


def _become(
    arguments: list[str], folder: Path, environment: Mapping[str, str], files: list[str]
) -> None:
    """Be the command, in a process made for it."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, name in enumerate(files):
        os.dup2(os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY), number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  # as the interpreter makes it
    main(arguments)


def said(*arguments: str | Path, folder: Path, stdin: str = "", **more: str) -> str:
    """What a command prints that must succeed."""
    result = layeron(*arguments, folder=folder, stdin=stdin, **more)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def refusal(*arguments: str | Path, folder: Path, stdin: str = "", **more: str) -> str:
    """The one sentence on standard error of a command that must fail."""
    result = layeron(*arguments, folder=folder, stdin=stdin, **more)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    sentence = result.stderr.removeprefix("layeron: ").rstrip("\n")
    assert result.stderr.startswith("layeron: "), result.stderr
    assert "\n" not in sentence, result.stderr
    return sentence


class Running:
    """A command that goes on, and what it has said so far.

    Attributes:
        pid: of its process.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.pid = process.pid
        self._process = process
        self._log = log

    @property
    def output(self) -> str:
        """Everything it has said."""
        return self._log.read_text()

    def until(self, pattern: str, *, after: str = "") -> re.Match[str]:
        """The first match of *pattern* in what it says, once it has said *after*."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            ended = self._process.poll() is not None
            start = max(self.output.find(after), 0) + len(after)
            if match := re.compile(pattern, re.MULTILINE).search(self.output, start):
                return match
            if ended:
                break
            time.sleep(0.05)
        raise AssertionError(f"it did not say {pattern!r}:\n{self.output}")

    def since(self, moment: str) -> str:
        """What it has said after it had said *moment*."""
        return self.output.removeprefix(moment)

    def send(self, signal_: signal.Signals) -> None:
        """Send its process a signal."""
        self._process.send_signal(signal_)

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        return self._process.wait(timeout=PATIENCE_SECONDS)

    def children(self) -> dict[str, int]:
        """The processes it has started, by the first word that tells them apart."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        found: dict[str, int] = {}
        for pid in map(int, listed.split()):
            words = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
            kind = "engine" if "start-dev" in words else words[-1]
            found[kind] = pid
        return found


@contextmanager
def running(*arguments: str | Path, folder: Path, log: Path, **more: str) -> Generator[Running]:
    """Run a command in *folder* until the end of the block.

    Args:
        arguments: of the command.
        folder: to run it in.
        log: is written what it says.
        more: environment variables.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=folder,
            env=variables(**more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Running(process, log)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()


@contextmanager
def ctrl_c_ignored() -> Generator[None]:
    """As a shell without job control starts what ends in `&`; processes inherit it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def are_gone(pids: Mapping[str, int]) -> bool:
    """Whether these processes have ended; waits for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if not any(_is_alive(pid) for pid in pids.values()):
            return True
        time.sleep(0.05)
    return False


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"  # one that nobody has asked about has ended, too
