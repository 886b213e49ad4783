"""A server on loopback that hands over what is posted to it, in a thread of its own."""

import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

Take: TypeAlias = Callable[[str, Mapping[str, str], bytes], int]
"""Given the path, the header fields by their names in small letters, and the body: the status."""


@contextmanager
def listening(take: Take, *, content_type: str = "text/plain") -> Generator[str]:
    """Answer without a body until the end of the block; gives the address, ``http://host:port``."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): text for name, text in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            self.send_response(take(self.path, headers, body))
            self.send_header("content-type", content_type)
            self.end_headers()

        def log_message(self, format: str, *_: Any) -> None:  # noqa: A002  # the name is the library's
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
