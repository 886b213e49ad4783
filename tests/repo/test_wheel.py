"""The wheel, installed where only its own dependencies are, and the quickstart that it runs."""

import hmac
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import httpx2
import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "whsec_of_a_test"
HEALTH_CHECK: list[str] = json.loads(
    re.findall(r"HEALTHCHECK[^\[]* CMD (\[.*\])", (ROOT / "Dockerfile").read_text())[0]
)
BODY = json.dumps({"id": "evt_wheel", "type": "invoice.paid", "data": {}})


@dataclass(frozen=True)
class Environment:
    """A virtual environment made for one test."""

    path: Path

    @property
    def packages(self) -> Path:
        """Where packages are installed."""
        return next(self.path.glob("lib/python*/site-packages"))

    def command(self, name: str) -> str:
        return str(self.path / "bin" / name)

    def link(self, name: str) -> None:
        """Make an installed distribution, and it alone, importable here as well."""
        found = distribution(name)
        for file in found.files or []:
            if file.parts[0] == "..":  # a command beside the interpreter
                source, place = Path(str(file.locate())), Path(self.command(file.name))
            else:
                source = Path(str(found.locate_file(file.parts[0])))
                place = self.packages / file.parts[0]
            if source.exists() and not place.exists():
                place.symlink_to(source)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    made = Environment(tmp_path_factory.mktemp("user") / "venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(made.path)], check=True)
    locked = (ROOT / "constraints-runtime.txt").read_text()
    for name in re.findall(r"(?m)^([a-z0-9._-]+)==", locked):
        made.link(name)
    pip = [sys.executable, "-m", "pip", "--python", made.command("python"), "install"]
    options = ["--quiet", "--no-index", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*pip, *options, str(wheel)], check=True)
    return made


def test_the_wheel_has_one_top_level_name(environment: Environment) -> None:
    installed = {path.name for path in environment.packages.iterdir()}
    assert installed.isdisjoint({"api", "workflows", "activities", "worker.py", "tests"})
    assert "layeron" in installed


def test_the_wheel_has_all_that_the_service_needs(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "layeron/py.typed" in names
    assert any(re.fullmatch(r"layeron/.*migrations/versions/\w+\.py", name) for name in names)
    for folder, place in [
        ("layeron", "layeron"),
        ("activities", "layeron/_service/activities"),
        ("api", "layeron/_service/api"),
        ("workflows", "layeron/_service/workflows"),
    ]:
        for source in (ROOT / folder).rglob("*"):
            if source.is_file() and "__pycache__" not in source.parts:
                assert f"{place}/{source.relative_to(ROOT / folder).as_posix()}" in names
    assert "layeron/_service/worker.py" in names
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests")]


def test_the_source_distribution_has_the_tests_and_no_rubbish(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = archive.getnames()
    assert any(name.endswith("/tests/repo/test_wheel.py") for name in names)
    assert not [name for name in names if "__pycache__" in name or "/.venv/" in name]


def free_ports(count: int) -> list[str]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [str(probe.getsockname()[1]) for probe in probes]


@dataclass(frozen=True)
class Running:
    """`layeron dev` in a folder that has nothing to do with this repository."""

    environment: Environment
    folder: Path
    process: "subprocess.Popen[bytes]"
    variables: dict[str, str]
    url: str

    def call(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.environment.command(command), *arguments],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def running(environment: Environment, tmp_path: Path) -> Iterator[Running]:
    shutil.copy(ROOT / "examples" / "quickstart.py", tmp_path / "hooks.py")
    port, temporal, ui = free_ports(3)
    variables = {
        "PATH": f"{environment.path / 'bin'}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "LAYERON_PORT": port,
    }
    options = ["--port", port, "--temporal-port", temporal, "--ui-port", ui, "--no-reload"]
    command = [environment.command("layeron"), "dev", "hooks.py:app", *options]
    with (tmp_path / "output").open("wb") as output:
        process = subprocess.Popen(
            command, cwd=tmp_path, env=variables, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Running(environment, tmp_path, process, variables, f"http://127.0.0.1:{port}")
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def eventually(question: Any, running: Running) -> Any:
    """Ask until there is an answer, for a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.process.poll() is None:
        if answer := question():
            return answer
        time.sleep(0.2)
    pytest.fail((running.folder / "output").read_text())


def test_the_quickstart_runs_from_an_unrelated_folder(running: Running) -> None:
    def is_alive() -> bool:
        """What the image's own health check says."""
        return running.call(*HEALTH_CHECK).returncode == 0

    eventually(is_alive, running)
    now = int(time.time())
    signature = hmac.digest(SECRET.encode(), f"{now}.{BODY}".encode(), "sha256").hex()

    answer = httpx2.post(
        f"{running.url}/webhooks/stripe",
        content=BODY,
        headers={"stripe-signature": f"t={now},v1={signature}"},
        trust_env=False,
    )

    assert answer.status_code == 202
    accepted = answer.json()

    def succeeded() -> list[dict[str, Any]]:
        shown = running.call("layeron", "events", "list", "--status", "succeeded", "--json")
        return [json.loads(line) for line in shown.stdout.splitlines()]

    (event,) = eventually(succeeded, running)
    assert event["id"] == accepted["event_id"]
    assert event["external_event_id"] == "evt_wheel"

    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(timeout=60) == 0
    assert not is_alive()
