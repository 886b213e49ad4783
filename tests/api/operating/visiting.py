"""Somebody at the pages for operating."""

import re
from dataclasses import dataclass
from html import unescape

import httpx2

from layeron.keys import new_key
from layeron.operating_records import Scope
from tests.support.market import Market

NOWHERE = "01M87HX43ACC2282GBSNFBF3Q6"


@dataclass
class Visitor:
    """Keeps cookies and posts forms, as a browser does."""

    http: httpx2.AsyncClient
    base: str

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.http.get(f"/dashboard{path}", headers=headers)

    async def text(self, path: str) -> str:
        answer = await self.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return unescape(answer.text)

    async def post(
        self, path: str, *, csrf: str | None = None, **fields: object
    ) -> httpx2.Response:
        if csrf is None:
            found = re.search(r'name="csrf" value="([0-9a-f]+)"', await self.text("/"))
            assert found
            csrf = found[1]
        form = {"csrf": csrf, **fields}
        return await self.http.post(f"/dashboard{path}", data=form, headers={"origin": self.base})

    async def login(self, key: str) -> None:
        answer = await self.http.post("/dashboard/login", data={"key": key})
        assert answer.status_code == 303


async def key_for(market: Market, *scopes: Scope) -> str:
    record, text = new_key(f"only {' and '.join(scopes)}", scopes)
    await market.service.tools.records.add_key(record)
    return text
