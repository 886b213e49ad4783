"""Refused requests."""

from dataclasses import replace

import pytest
from ulid import ULID

from layeron.errors import CursorError, NotFoundError
from layeron.ports.records import RecordStore
from layeron.records import RejectionRecord
from tests.contract.records.examples import NOON, after

REJECTION = RejectionRecord(
    id="whrej_01M87HX43ACC2282GBSNFBF3Q6",
    namespace="default",
    webhook="vendor",
    received_at=NOON,
    cause="no_match",
    detail="no signature matched",
    method="POST",
    url="https://a.example/b?c=\ud800",
    headers=[("x-signature", "\0é")],
    size=3,
    body_sha256="ab" * 32,
    body=b"\x00\xff{",
    skipped=7,
)


def numbered(number: int, webhook: str = "vendor", cause: str = "no_match") -> RejectionRecord:
    name = f"whrej_{ULID.from_timestamp(NOON.timestamp() + number)}"
    return replace(REJECTION, id=name, webhook=webhook, cause=cause)


async def test_a_rejection_comes_back_as_it_was(store: RecordStore) -> None:
    await store.add_rejection(REJECTION, keep=10)
    await store.add_rejection(REJECTION, keep=10)
    assert await store.get_rejection(REJECTION.id) == REJECTION


async def test_a_listing_is_newest_first_in_pages_and_without_bodies(store: RecordStore) -> None:
    all_ = [numbered(n) for n in range(5)]
    for each in all_:
        await store.add_rejection(each, keep=10)
    first = await store.list_rejections(limit=3)
    rest = await store.list_rejections(limit=3, cursor=first.next_cursor)
    assert [*first.rejections, *rest.rejections] == [
        replace(each, body=None) for each in reversed(all_)
    ]
    assert rest.next_cursor is None


async def test_a_listing_can_be_of_one_webhook_and_cause(store: RecordStore) -> None:
    stale = numbered(1, cause="stale_timestamp")
    other = numbered(2, webhook="other")
    for each in (stale, other, numbered(3)):
        await store.add_rejection(each, keep=10)
    found = await store.list_rejections(webhook="vendor", cause="stale_timestamp", limit=9)
    assert [each.id for each in found.rejections] == [stale.id]
    found = await store.list_rejections(namespace="default", webhook="other", limit=9)
    assert [each.id for each in found.rejections] == [other.id]


async def test_only_the_newest_of_a_webhook_are_kept(store: RecordStore) -> None:
    await store.add_rejection(numbered(0, webhook="other"), keep=3)
    kept = [numbered(n) for n in range(1, 7)]
    for each in kept:
        await store.add_rejection(each, keep=3)
    found = await store.list_rejections(webhook="vendor", limit=9)
    assert [each.id for each in found.rejections] == [each.id for each in reversed(kept[-3:])]
    assert len((await store.list_rejections(webhook="other", limit=9)).rejections) == 1


async def test_an_accepted_one_says_by_whom_and_what_it_became(store: RecordStore) -> None:
    await store.add_rejection(REJECTION, keep=10)
    await store.accept_rejection(
        REJECTION.id, event_id="whevt_1", accepted_by="key ops", at=after(9)
    )
    assert await store.get_rejection(REJECTION.id) == replace(
        REJECTION, accepted_event_id="whevt_1", accepted_by="key ops", accepted_at=after(9)
    )


async def test_one_that_is_gone_is_not_found(store: RecordStore) -> None:
    with pytest.raises(NotFoundError, match="any more"):
        await store.get_rejection(REJECTION.id)
    with pytest.raises(NotFoundError):
        await store.accept_rejection(REJECTION.id, event_id="e", accepted_by="k", at=NOON)


@pytest.mark.parametrize("cursor", ["", "x", "whevt_01M87HX43ACC2282GBSNFBF3Q6", "whrej_\0"])
async def test_a_strange_cursor_is_refused(store: RecordStore, cursor: str) -> None:
    with pytest.raises(CursorError, match="is not a cursor"):
        await store.list_rejections(limit=1, cursor=cursor)
