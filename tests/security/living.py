"""A whole system that lives through everything, and all that it then has to tell."""

import json
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from psycopg import sql

from tests.api.sending import hmac_hex
from tests.processes.sending import Operator
from tests.security.canaries import Canaries, signing_key
from tests.support.command import PATIENCE_SECONDS, layeron, running, said
from tests.support.temporal import NAMESPACE
from tests.support.vendor import SECRET_NAME

APPLICATION = Path(__file__).with_name("trusted.py")
NAMES = (
    "api key", "caller's token", "cookie", "crm secret", "crm token", "database password",
    "encryption key", "endpoint token", "guessed token", "previous secret", "proxy authorization",
    "proxy password", "sender authorization", "vendor secret", "vendor token", "wrong key",
)  # fmt: skip
OF_ENDPOINT = "/webhooks/default/billing/endpoints"
PAGES = (
    "/", "/events", "/dead-letters", "/bulk-replays", "/rejections", "/webhooks",
    "/webhooks/default/vendor", "/webhooks/default/billing", "/endpoints",
    "/endpoints/default/billing/crm", "/endpoints/default/billing/made", "/audit", "/keys",
    "/settings",
)  # fmt: skip


@dataclass
class Life:
    """What is known of a system from outside.

    Attributes:
        told: by place, all that was read there.
    """

    canaries: Canaries
    folder: Path
    variables: Mapping[str, str]
    told: dict[str, str] = field(default_factory=dict[str, str])

    def note(self, place: str, text: str) -> None:
        self.told[place] = f"{self.told.get(place, '')}\n{text}"

    def said(self, *arguments: str, fails: bool = False) -> str:
        """What a command says, which is noted."""
        result = layeron(*arguments, folder=self.folder, **self.variables)
        assert (result.returncode != 0) == fails, (arguments, result)
        self.note("command line", result.stdout + result.stderr)
        return result.stdout


def variables(canaries: Canaries, database: str, engine: str, proxy: str) -> Mapping[str, str]:
    """The environment of every process; *proxy* is a port of loopback."""
    password, proxys = canaries["database password"], canaries["proxy password"]
    return {
        "LAYERON_APP": "hooks:app",
        "LAYERON_DATABASE_URL": database.replace("postgres@", f"postgres:{password}@"),
        "LAYERON_TEMPORAL_ADDRESS": engine,
        "LAYERON_TEMPORAL_NAMESPACE": NAMESPACE,
        "LAYERON_PORT": "0",
        "LAYERON_METRICS_PORT": "0",
        "LAYERON_OUTBOUND_PROXY": f"http://layeron:{proxys}@{proxy}",
        "LAYERON_OUTBOUND_ALLOW": "127.0.0.0/8",
        "LAYERON_ENCRYPTION_KEY": canaries["encryption key"],
        SECRET_NAME: canaries["vendor secret"],
        f"{SECRET_NAME}_PREVIOUS": canaries["previous secret"],
        "VENDOR_TOKEN": canaries["vendor token"],
        "CRM_SECRET": signing_key(canaries["crm secret"]),
        "CRM_TOKEN": canaries["crm token"],
        "CALLER_TOKEN": canaries["caller's token"],
    }


def live(folder: Path, database: str, engine: str, proxy: str) -> Life:
    """Let everything happen in API, worker and commands, then read all that they left."""
    canaries = Canaries(NAMES)
    life = Life(canaries, folder, variables(canaries, database, engine, proxy))
    shutil.copy(APPLICATION, folder / "hooks.py")
    said("db", "upgrade", folder=folder, **life.variables)
    key = said("keys", "create", "tests", folder=folder, **life.variables).strip()
    life.variables = {**life.variables, "LAYERON_API_KEY": key}
    canaries["api key"] = key.split("_", 2)[2]
    with ExitStack() as stack:
        logs = {each: folder / f"{each}.log" for each in ("serve", "worker")}
        processes = [
            stack.enter_context(running(each, folder=folder, log=log, **life.variables))
            for each, log in logs.items()
        ]
        url = processes[0].until(r"the API listens on (http://[0-9.:]+)")[1]
        processes[1].until("the worker runs on task queue")
        life.variables = {**life.variables, "LAYERON_URL": url}
        ids = happen(life, url, Operator(url, key))
        read_api(life, url, key, ids)
        read_dashboard(life, url, key, ids)
        read_commands(life, ids)
        for process in processes:
            metrics = process.until(r"metrics are served on (http://[0-9.:]+/metrics)")[1]
            life.note("metrics", httpx2.get(metrics, trust_env=False, timeout=30).text)
    for log in logs.values():
        life.note("logs", log.read_text())
    life.note("database", rows_of(database))
    return life


def happen(life: Life, url: str, operator: Operator) -> dict[str, str]:
    """Receive well, badly and not at all; send; the ids of what is on record for it."""
    canaries = life.canaries
    made = operator.post(
        OF_ENDPOINT,
        {
            "name": "made",
            "url": "http://127.0.0.1:9/made",
            "headers": {"X-Access-Token": canaries["endpoint token"]},
            "retry": {"schedule": []},
        },
    )
    assert made.status_code == 201, made.text
    canaries["generated secret"] = made.json()["secret"].partition("_")[2]
    ids: dict[str, str] = {}
    for kind, status in (("order.created", "succeeded"), ("order.refused", "dead_letter")):
        answer = receive(life, url, kind)
        assert answer.status_code == 202, answer.text
        ids[kind] = answer.json()["event_id"]
        operator.settled(ids[kind], status)
    compared = {"x-token": canaries["vendor token"]}
    body = json.dumps({"id": "t", "marker": canaries.marker})
    answer = httpx2.post(f"{url}/webhooks/token", content=body, headers=compared, trust_env=False)
    assert answer.status_code == 202, answer.text
    ids["token"] = answer.json()["event_id"]
    for path, headers in (
        ("vendor", {"x-signature": "00" * 32}),
        ("token", {"x-token": canaries["guessed token"]}),
    ):
        answer = httpx2.post(
            f"{url}/webhooks/{path}",
            content=body,
            headers={**headers, **brought(canaries)},
            trust_env=False,
        )
        assert answer.status_code == 401
        life.note("api", answer.text)
    sent = until(lambda: operator.get("/events?direction=outbound").json()["events"])
    ids["sent"] = sent[0]["id"]
    operator.settled(ids["sent"], "dead_letter")
    refused = until(lambda: both(operator.get("/rejections").json()["rejections"]))
    ids |= {f"rejection {number}": each["id"] for number, each in enumerate(refused)}
    return ids


def both(found: list[Any]) -> list[Any] | None:
    return found if len(found) == 2 else None


def receive(life: Life, url: str, kind: str) -> httpx2.Response:
    """A signed event with credentials in its head, as proxies and gateways leave them there."""
    body = json.dumps({"id": kind, "type": kind, "marker": life.canaries.marker}).encode()
    signature = hmac_hex(life.canaries["vendor secret"], body)
    return httpx2.post(
        f"{url}/webhooks/vendor",
        content=body,
        headers={"x-signature": signature, **brought(life.canaries)},
        trust_env=False,
        timeout=PATIENCE_SECONDS,
    )


def brought(canaries: Canaries) -> dict[str, str]:
    return {
        "authorization": f"Bearer {canaries['sender authorization']}",
        "cookie": f"session={canaries['cookie']}",
        "proxy-authorization": f"Basic {canaries['proxy authorization']}",
    }


def read_api(life: Life, url: str, key: str, ids: Mapping[str, str]) -> None:
    """Every answer that is there to be had, and what a wrong key is told."""
    paths = ["/openapi.json", "/webhooks", "/webhooks/default/vendor", "/webhooks/default/billing"]
    paths += [OF_ENDPOINT, f"{OF_ENDPOINT}/crm", f"{OF_ENDPOINT}/made/deliveries"]
    paths += ["/overview", "/events", "/events/count", "/events/export", "/rejections", "/keys"]
    paths += ["/audit", "/bulk-replays", "/events?status=nonsense", "/nowhere"]
    for name, each in ids.items():
        if name.startswith("rejection"):
            paths += [f"/rejections/{each}"]
        else:
            paths += [f"/events/{each}", f"/events/{each}/attempts", f"/events/{each}/payload"]
    wrong = f"{key.rpartition('_')[0]}_{life.canaries['wrong key']}"
    for bearer in (key, wrong):
        headers = {"authorization": f"Bearer {bearer}"}
        with httpx2.Client(base_url=f"{url}/api/v1", headers=headers, trust_env=False) as http:
            for path in paths:
                answer = http.get(path)
                assert answer.status_code < 500, answer.text
                life.note("api", f"{answer.headers}{answer.text}")


def read_dashboard(life: Life, url: str, key: str, ids: Mapping[str, str]) -> None:
    """Every page, as somebody who may see everything sees it."""
    pages = [*PAGES]
    pages += [
        f"/{'rejections' if name.startswith('rejection') else 'events'}/{each}"
        for name, each in ids.items()
    ]
    with httpx2.Client(base_url=f"{url}/dashboard", trust_env=False, timeout=30) as http:
        wrong = http.post("/login", data={"key": f"lyr_x_{life.canaries['wrong key']}"})
        assert wrong.status_code == 401
        life.note("dashboard", wrong.text)
        assert http.post("/login", data={"key": key}).status_code == 303
        life.canaries["session"] = http.cookies["layeron_session"]
        for path in pages:
            answer = http.get(path)
            assert answer.status_code == 200, (path, answer.text)
            life.note("dashboard", f"{answer.headers}{answer.text}")


def read_commands(life: Life, ids: Mapping[str, str]) -> None:
    """What the commands show, and what they say where they fail."""
    for command in (
        "check", "events list --json", "rejections list --json", "webhooks list --json",
        "webhooks show vendor", "webhooks show billing", "endpoints list --webhook billing --json",
        "endpoints show crm --webhook billing", "endpoints show made --webhook billing", "overview",
        "audit list --json",
        "keys list", "events export", "secrets list", "db status",
    ):  # fmt: skip
        life.said(*command.split())
    for name, each in ids.items():
        group = "rejections" if name.startswith("rejection") else "events"
        life.said(group, "show", each)
    known = life.variables
    database = known["LAYERON_DATABASE_URL"]
    for wrong in (
        {"LAYERON_API_KEY": life.canaries["wrong key"]},
        {"LAYERON_OUTBOUND_PROXY": known["LAYERON_OUTBOUND_PROXY"] + "/path"},
        {"LAYERON_DATABASE_URL": f"{re.sub('host=.*', 'host=/nowhere', database)}"},
    ):
        life.variables = {**known, **wrong}
        life.said(*("keys list" if "LAYERON_DATABASE_URL" in wrong else "events list").split(),
                  fails=True)  # fmt: skip
    life.variables = known


def rows_of(database: str) -> str:
    """Every row of every table."""
    with psycopg.connect(database) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        rows = [
            row
            for (name,) in tables
            for row in connection.execute(
                sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))
            ).fetchall()
        ]
    return "\n".join(text for (text,) in rows)


def files_of_engine(folder: Path) -> str:
    """All that the engine has written: its database, its journal and its log."""
    sqlite3.connect(folder / "temporal.db").close()
    return "".join(
        each.read_bytes().decode("latin-1") for each in sorted(folder.glob("temporal.*"))
    )


def until(look: Callable[[], Any]) -> Any:
    """What *look* gives, once it gives something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found
