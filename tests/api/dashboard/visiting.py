"""Somebody before a browser that runs no script, and what a page is made of."""

import re
from html.parser import HTMLParser

import httpx2

from layeron.keys import new_key
from layeron.operating_records import Scope
from tests.api.sending import accepted, fresh
from tests.support.service import Service

ORIGIN = "http://hooks.example.com"
EVENT = "whevt_01M87HX43ACC2282GBSNFBF3Q6"
PAGES = ["/dashboard/", "/dashboard/events", "/dashboard/dead-letters"]
POSTS = [
    "/dashboard/logout",
    f"/dashboard/events/{EVENT}/replay",
    "/dashboard/dead-letters/replay",
    "/dashboard/dead-letters/replay-all",
]


class Visitor:
    """Keeps cookies and posts the forms of pages, as a browser does."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get(path)

    async def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', (await self.get(PAGES[0])).text)
        assert found
        return found[1]

    async def post(self, path: str, **fields: str) -> httpx2.Response:
        form = {"csrf": await self.csrf(), **fields}
        return await self.http.post(path, data=form, headers={"origin": ORIGIN})

    async def login(self, key: str, **fields: str) -> httpx2.Response:
        return await self.http.post("/dashboard/login", data={"key": key, **fields})


class Active(HTMLParser):
    """Collects whatever of a page could run or load something, but for our own files."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        for name in ("src", "href", "action", "formaction"):
            if name in said and not re.match(r"(/dashboard/|[?#]|https://temporal\.)", said[name]):
                self.found.append(f"{tag} {name}={said[name]}")
        self.found += [f"{tag} {name}" for name in said if name.startswith("on") or name == "style"]
        if tag in {"style", "iframe", "object", "embed", "base"} or (
            tag == "script" and "src" not in said
        ):
            self.found.append(tag)


async def key_for(service: Service, *scopes: Scope) -> str:
    record, text = new_key("narrow", scopes)
    await service.tools.records.add_key(record)
    return text


async def dead_letter(service: Service, **fields: object) -> str:
    event_id = await accepted(service.http, fresh(**fields), path="/webhooks/failing")
    await service.settled(event_id)
    return event_id
