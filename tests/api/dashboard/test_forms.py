"""What is posted: only by who may, from pages of ours, and on record."""

import json

import pytest

from layeron.keys import new_key
from tests.api.dashboard.visiting import ORIGIN, POSTS, Visitor, dead_letter, key_for
from tests.support.service import Service


async def test_a_form_without_a_session_is_refused(stranger: Visitor) -> None:
    for path in POSTS:
        assert (await stranger.http.post(path, data={"csrf": "x"})).status_code == 401


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
async def test_a_form_without_its_sessions_token_is_refused(visitor: Visitor, token: str) -> None:
    for path in POSTS:
        answer = await visitor.http.post(path, data={"csrf": token}, headers={"origin": ORIGIN})
        assert answer.status_code == 403, path
        answer = await visitor.http.post(path, json={"csrf": await visitor.csrf()})
        assert answer.status_code == 400, path


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example.com"},
        {"origin": "null"},
        {"origin": "http://hooks.example.com.evil.example.com"},
        {"origin": "http://hooks.example.com:81"},
        {"sec-fetch-site": "cross-site", "origin": ORIGIN},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_from_elsewhere_is_refused_with_a_token_too(
    service: Service, visitor: Visitor, headers: dict[str, str]
) -> None:
    form = {"csrf": await visitor.csrf(), "key": service.key}
    for path in [*POSTS, "/dashboard/login"]:
        answer = await visitor.http.post(path, data=form, headers=headers)
        assert answer.status_code == 403, path
    assert (await visitor.get("/dashboard/")).status_code == 200


async def test_a_token_of_another_session_is_refused(service: Service, visitor: Visitor) -> None:
    theirs = await visitor.csrf()
    await visitor.login(service.key)
    answer = await visitor.http.post("/dashboard/logout", data={"csrf": theirs})
    assert answer.status_code == 403


async def test_who_may_only_read_sees_no_button_and_is_refused(
    service: Service, stranger: Visitor
) -> None:
    event_id = await dead_letter(service)
    await stranger.login(await key_for(service, "read"))
    page = await stranger.get(f"/dashboard/events/{event_id}")
    assert page.status_code == 200
    assert "/replay" not in page.text
    assert "/replay" not in (await stranger.get("/dashboard/dead-letters")).text
    answer = await stranger.post(f"/dashboard/events/{event_id}/replay")
    assert answer.status_code == 403
    answer = await stranger.post("/dashboard/dead-letters/replay", event=event_id)
    assert answer.status_code == 403
    assert (await service.settled(event_id)).replays == []


async def test_a_replay_is_on_the_record_and_in_the_audit_log(
    service: Service, stranger: Visitor
) -> None:
    event_id = await dead_letter(service)
    await stranger.login(await key_for(service, "replay"))
    answer = await stranger.post(f"/dashboard/events/{event_id}/replay", reason="mended")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/dashboard/events/{event_id}",
    )
    page = await stranger.get(answer.headers["location"])
    assert "Replay 1 has started" in page.text
    assert "Replay 1 has started" not in (await stranger.get(answer.headers["location"])).text
    (replay,) = (await service.settled(event_id, replays=1)).replays
    assert (replay.requested_by, replay.reason) == ("dashboard narrow", "mended")
    (entry,) = (await service.tools.audit.list(target=event_id, limit=5)).entries
    assert (entry.actor, entry.action, entry.status) == ("dashboard narrow", "event.replay", 303)
    assert entry.detail["reason"] == ["mended"]


async def test_logins_and_logouts_are_in_the_audit_log(service: Service, stranger: Visitor) -> None:
    record, text = new_key("watched")
    await service.tools.records.add_key(record)
    await stranger.login(text)
    await stranger.post("/dashboard/logout")
    (entered,) = (await service.tools.audit.list(target=record.id, limit=5)).entries
    assert (entered.actor, entered.action) == ("dashboard watched", "session.open")
    left = (await service.tools.audit.list(action="session.close", limit=1)).entries[0]
    assert left.actor == "dashboard watched"
    kept = json.dumps([entered.detail, left.detail])
    assert text.split("_", 2)[2] not in kept


async def test_chosen_dead_letters_are_replayed_and_the_others_are_not(
    service: Service, visitor: Visitor
) -> None:
    chosen, other = await dead_letter(service), await dead_letter(service)
    answer = await visitor.post("/dashboard/dead-letters/replay", event=chosen, reason="by hand")
    assert answer.status_code == 303
    assert "1 of 1" in (await visitor.get(answer.headers["location"])).text
    await service.settled(chosen, replays=1)
    assert (await service.settled(other)).replays == []
    assert (await visitor.post("/dashboard/dead-letters/replay")).status_code == 400


async def test_all_dead_letters_that_match_are_replayed_in_bulk_and_once(
    service: Service, visitor: Visitor
) -> None:
    kind = f"bulk.{service.settings.task_queue}"
    meant, other = await dead_letter(service, type=kind), await dead_letter(service)
    page = (await visitor.get(f"/dashboard/dead-letters?type={kind}")).text
    assert "Start a bulk replay of 1<" in page
    for _ in range(2):  # the second click on the same page
        answer = await visitor.post(
            "/dashboard/dead-letters/replay-all", type=kind, reason="mended", once="one page"
        )
        assert answer.status_code == 303
        assert (
            "of 1 dead letters has started" in (await visitor.get(answer.headers["location"])).text
        )
    (replay,) = (await service.settled(meant, replays=1)).replays
    assert replay.reason == "mended"
    assert "dashboard tests" in replay.requested_by
    assert (await service.settled(other)).replays == []
    answer = await visitor.post("/dashboard/dead-letters/replay-all", type=kind, rate="fast")
    assert answer.status_code == 400
