"""What is told of an attempt that failed: no secret, and not more than fits."""

import logging
from pathlib import Path
from typing import NoReturn

import pytest
from temporalio.exceptions import ApplicationError

from layeron import Context, Event, PermanentError, names
from tests.activities.attempting import Attempts, attempts_at
from tests.support.vendor import SECRET, SECRET_NAME

TOKEN = "sk_live_0123456789abcdef"
PREVIOUS = "the-value-before-the-rotation"


async def failed(attempts: Attempts) -> ApplicationError:
    with pytest.raises(ApplicationError) as failure:
        await attempts.make()
    return failure.value


@pytest.mark.parametrize("text", [SECRET, PREVIOUS, TOKEN, f"Bearer {TOKEN}", "x" * 1990 + SECRET])
async def test_no_secret_is_told_to_the_engine_to_the_record_or_to_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    monkeypatch.setenv(f"{SECRET_NAME}_PREVIOUS", PREVIOUS)

    def leak(_: Event, ctx: Context) -> NoReturn:
        ctx.log(f"signing with {text}", key=text)
        raise ValueError(text)

    async with attempts_at(tmp_path, leak) as attempts:
        with caplog.at_level(logging.WARNING):
            failure = await failed(attempts)
        (record,) = await attempts.recorded()
    told = f"{failure!r} {failure.details} {record!r} {caplog.text}"
    assert "[redacted]" in told
    for part in (SECRET[:10], PREVIOUS[:10], TOKEN[:10]):
        assert part not in told


async def test_an_error_is_kept_within_bounds_with_the_end_of_its_traceback(tmp_path: Path) -> None:
    def fail(_: Event) -> NoReturn:
        raise ValueError("x" * 1_000_000)

    async with attempts_at(tmp_path, fail) as attempts:
        failure = await failed(attempts)
        (record,) = await attempts.recorded()
    assert record.error == ("ValueError: " + "x" * 1_000_000)[:2_000]
    assert len(failure.message) == 2_000
    assert len(record.error_trace or "") == 16_000


async def test_logs_are_kept_within_bounds(tmp_path: Path) -> None:
    def talk(_: Event, ctx: Context) -> None:
        for number in range(1_000):
            ctx.log("x" * 10_000, number=number)

    async with attempts_at(tmp_path, talk) as attempts:
        await attempts.make()
        (record,) = await attempts.recorded()
    assert 0 < len(record.logs) <= 200
    assert {len(each["message"]) for each in record.logs} == {2_000}
    assert sum(len(each["message"]) for each in record.logs) < 2**20
    assert [each["fields"]["number"] for each in record.logs[:2]] == ["0", "1"]


@pytest.mark.parametrize("text", ["\ud800", "\0", "🦀", "\r\n\x1b[31m", ""])
async def test_any_text_can_be_an_error(tmp_path: Path, text: str) -> None:
    def fail(_: Event) -> NoReturn:
        raise ValueError(text)

    async with attempts_at(tmp_path, fail) as attempts:
        failure = await failed(attempts)
        (record,) = await attempts.recorded()
    assert record.error == f"ValueError: {text}"
    failure.message.encode()


@pytest.mark.parametrize(
    ("error", "kind", "final"),
    [
        (ValueError("no"), names.HANDLER_FAILED, False),
        (PermanentError("no"), names.PERMANENT, True),
    ],
)
async def test_the_engine_is_told_whether_another_attempt_can_succeed(
    tmp_path: Path, error: Exception, kind: str, *, final: bool
) -> None:
    def fail(_: Event) -> NoReturn:
        raise error

    async with attempts_at(tmp_path, fail) as attempts:
        failure = await failed(attempts)
    assert (failure.type, failure.non_retryable) == (kind, final)


async def test_trouble_of_ours_is_told_in_our_words_alone(tmp_path: Path) -> None:
    """A driver's own words may hold addresses and credentials."""
    async with attempts_at(tmp_path, print) as attempts:
        (tmp_path / "bodies").write_text("in the way")
        failure = await failed(attempts)
    assert failure.type == names.UNAVAILABLE
    assert failure.details == (0,)
    assert failure.message.startswith("BlobStoreUnavailableError: The folder of bodies")
    assert failure.__cause__ is None
