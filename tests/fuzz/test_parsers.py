"""Every reader of strangers' bytes, given the corpus and what becomes of it."""

import pytest
from hypothesis import given

from tests.fuzz.inputs import SEEDS, requests, thorough
from tests.fuzz.targets import TARGETS, Target

every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


@every_target
async def test_no_request_of_the_corpus_makes_anything_fail(target: Target) -> None:
    for data in SEEDS.values():
        await target(data)


@every_target
@thorough
@given(data=requests())
async def test_no_change_of_the_corpus_makes_anything_fail(target: Target, data: bytes) -> None:
    await target(data)
