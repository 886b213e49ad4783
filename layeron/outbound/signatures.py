"""Signature rules of senders, which may leave the secret to us: one is generated then."""

from collections.abc import Mapping
from typing import Any, cast

from layeron.errors import ConfigurationError
from layeron.options import read_options
from layeron.providers.standard import SIGNATURE
from layeron.secrets import Secret
from layeron.signing.rule import Signature, SignatureDict

_PLACEHOLDER = Secret("generated")
_SIGNED_WITH_TEXT = frozenset({"hmac-sha256", "hmac-sha1", "hmac-sha512", "token"})


def uses_generated_secret(rule: Signature) -> bool:
    """Whether requests are signed with a secret of the vault: the rule names none and needs one."""
    return not rule.secrets and (rule.algorithm != "none" or rule.verify is not None)


def read_signing(given: Signature | SignatureDict, *, webhook: str) -> Signature:
    """The rule that was written for option ``signing``, with or without a secret.

    Raises:
        ConfigurationError: it is wrong, cannot sign, or needs a secret that cannot be generated.
    """
    rule = _read(given, webhook)
    if rule.verify is not None and rule.sign is None:
        raise ConfigurationError(
            f"webhook {webhook!r}: option 'signing': a verify function cannot sign; add sign=…"
        )
    if uses_generated_secret(rule) and rule.sign is None and not _takes_generated(rule):
        raise ConfigurationError(
            f"webhook {webhook!r}: option 'signing': no secret can be generated for"
            f" {rule.algorithm!r} with secret_encoding {rule.secret_encoding!r}; add"
            " secret=secret('…'), or sign by an HMAC with secret_encoding 'whsec' or 'text'."
        )
    return rule


def _read(given: Signature | SignatureDict, webhook: str) -> Signature:
    written = cast("Mapping[str, Any]", given)
    lacking = not isinstance(given, Signature) and "secret" not in written
    if not lacking or written.get("algorithm") == "none":
        return read_options(Signature, written, webhook=webhook, option="signing")
    filled = {**written, "secret": _PLACEHOLDER}
    return _without_secret(read_options(Signature, filled, webhook=webhook, option="signing"))


def _without_secret(rule: Signature) -> Signature:
    """The same rule, which was checked already, for secrets of the vault."""
    # A copy would remember what the one it is of has found out about its secrets.
    said: dict[str, Any] = {name: getattr(rule, name) for name in Signature.model_fields}
    said["secret"] = ()
    return Signature.model_construct(None, **said)


def _takes_generated(rule: Signature) -> bool:
    """Whether ``whsec_…`` and base64 after it is a key for the rule."""
    return rule.algorithm in _SIGNED_WITH_TEXT and not {"whsec", "text"}.isdisjoint(
        rule.secret_encodings
    )


STANDARD = read_signing(SIGNATURE, webhook="standard")
"""Standard Webhooks without a secret: signed with generated ones."""
