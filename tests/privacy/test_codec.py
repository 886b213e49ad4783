"""The codec by itself: what it lets through, what it refuses, and which key it uses."""

from datetime import timedelta

import pytest
from temporalio.api.common.v1 import Payload

from layeron.adapters.environment import EnvironmentSecrets
from layeron.adapters.temporal.codec import HistoryCodec
from layeron.adapters.temporal.codec_keys import CodecKeys
from layeron.errors import ConfigurationError, SecretUnavailableError
from layeron.secrets import Secret
from layeron.settings import load_settings, unknown_variables
from tests.privacy.codec import HELLO, KEY, NAME, OTHER, codec_of

LATER = timedelta(hours=1)


async def test_what_was_encrypted_comes_back_and_never_looks_the_same() -> None:
    codec = codec_of({NAME: KEY})
    one, two = await codec.encode([HELLO, HELLO])
    assert one != two
    assert b"hello" not in one.data
    assert await codec.decode([one, two]) == [HELLO, HELLO]


async def test_what_is_not_encrypted_is_let_through() -> None:
    assert await codec_of({NAME: KEY}).decode([HELLO]) == [HELLO]


@pytest.mark.parametrize("at", [0, 31, 32, -1])
async def test_an_altered_byte_is_noticed(at: int) -> None:
    codec = codec_of({NAME: KEY})
    (sealed,) = await codec.encode([HELLO])
    data = bytearray(sealed.data)
    data[at] ^= 1
    sealed.data = bytes(data)
    with pytest.raises(SecretUnavailableError, match="was altered"):
        await codec.decode([sealed])


@pytest.mark.parametrize("size", [0, 5, 32, 40])
async def test_what_was_cut_is_noticed(size: int) -> None:
    codec = codec_of({NAME: KEY})
    (sealed,) = await codec.encode([HELLO])
    sealed.data = sealed.data[:size]
    with pytest.raises(SecretUnavailableError, match="was altered"):
        await codec.decode([sealed])


async def test_what_was_written_in_another_namespace_does_not_decrypt() -> None:
    sealed = await codec_of({NAME: KEY}, namespace="theirs").encode([HELLO])
    with pytest.raises(SecretUnavailableError, match="another namespace than 'ours'"):
        await codec_of({NAME: KEY}, namespace="ours").decode(sealed)


async def test_without_a_codec_what_is_encrypted_is_known_for_what_it_is() -> None:
    sealed = await codec_of({NAME: KEY}).encode([HELLO])
    off = HistoryCodec(None, "default")
    assert await off.encode([HELLO]) == await off.decode([HELLO]) == [HELLO]
    with pytest.raises(SecretUnavailableError, match="LAYERON_CODEC is not set here"):
        await off.decode(sealed)


async def test_what_another_program_encrypted_is_refused_by_its_key() -> None:
    foreign = Payload(metadata={"encoding": b"binary/encrypted"}, data=b"something")
    with pytest.raises(SecretUnavailableError, match=r"another value of HISTORY_KEY \(key ''\)"):
        await codec_of({NAME: KEY}).decode([foreign])


async def test_a_key_that_is_too_short_is_refused_by_name() -> None:
    with pytest.raises(SecretUnavailableError, match="HISTORY_KEY has 5 characters"):
        await codec_of({NAME: "short"}).encode([HELLO])


async def test_the_namespace_of_a_secret_and_its_use_make_the_key() -> None:
    environ = {NAME: KEY}
    (one,) = await codec_of(environ).encode([HELLO])
    (same,) = await codec_of({NAME: KEY + "\n"}).encode([HELLO])
    (other,) = await codec_of({NAME: OTHER}).encode([HELLO])
    ids = [each.metadata["encryption-key-id"] for each in (one, same, other)]
    assert ids[0] == ids[1] != ids[2]


async def test_a_running_process_lets_others_see_a_new_key_before_it_uses_it() -> None:
    environ = {NAME: KEY}
    keys = CodecKeys(EnvironmentSecrets(None, environ), Secret(NAME), settling=LATER)
    first = await keys.newest()
    environ |= {NAME: OTHER, f"{NAME}_PREVIOUS": KEY}
    assert await keys.newest() == first
    started_since = CodecKeys(EnvironmentSecrets(None, environ), Secret(NAME), settling=LATER)
    new = await started_since.newest()
    assert new != first
    assert await keys.find(new.id) == new
    del environ[f"{NAME}_PREVIOUS"]  # nobody else can read what the old one encrypts
    assert await keys.newest() == new
    assert await keys.find(first.id) == first


async def test_a_new_key_that_has_settled_is_used() -> None:
    environ = {NAME: KEY}
    codec = codec_of(environ)
    (old,) = await codec.encode([HELLO])
    environ |= {NAME: OTHER, f"{NAME}_PREVIOUS": KEY}
    (new,) = await codec.encode([HELLO])
    assert old.metadata["encryption-key-id"] != new.metadata["encryption-key-id"]
    assert await codec.decode([old, new]) == [HELLO, HELLO]


async def test_a_key_that_vanishes_goes_on_being_used_by_processes_that_have_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    environ = {NAME: KEY}
    codec = codec_of(environ)
    before = await codec.encode([HELLO])
    environ.clear()
    after = await codec.encode([HELLO])
    assert await codec.decode([*before, *after]) == [HELLO, HELLO]
    assert caplog.text.count("goes on being used") == 1
    with pytest.raises(SecretUnavailableError, match="it encrypts what Temporal keeps"):
        await codec_of(environ).decode(before)


def test_a_secret_that_can_be_none_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match="LAYERON_CODEC"):
        load_settings(codec="no name")


def test_a_codec_server_without_a_codec_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match="set LAYERON_CODEC"):
        load_settings(codec_server=True)


def test_the_key_may_be_called_like_a_setting() -> None:
    key = "LAYERON_HISTORY_KEY"
    environ = {"LAYERON_CODEC": key, key: "", f"{key}_PREVIOUS": "", "LAYERON_CODECS": ""}
    assert unknown_variables(environ) == ["LAYERON_CODECS"]
