"""What can be wrong with a rule as a whole; each mistake is a clause that names its mend."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the rule asks for its mistakes when it is made
    from layeron.signing.rule import Signature

_UNSIGNED = frozenset({"token", "basic", "none"})


def mistakes_of(rule: "Signature") -> Iterator[str]:
    """Every mistake, the most basic first."""
    if rule.algorithm == "none" and rule.verify is None:
        if rule.secret or _carriers(rule):
            yield (
                "algorithm 'none' accepts unsigned requests; leave out secret and header, or name"
                " another algorithm"
            )
        return
    yield from _in_the_key(rule)
    yield from _in_the_place(rule)
    yield from _in_the_time(rule)
    if rule.verify is None:
        yield from _in_the_payload(rule)
    if any(each.algorithm == "none" and each.verify is None for each in rule.also):
        yield "a rule in also accepts unsigned requests, and so lets everybody in; leave it out"
    if any(each.also for each in rule.also):
        yield "a rule in also has rules in its own also; list them side by side"


def _in_the_key(rule: "Signature") -> Iterator[str]:
    if rule.verify is not None:
        return
    if not rule.secret:
        yield f"algorithm {rule.algorithm!r} needs a key; add secret=secret('NAME')"
    if rule.algorithm == "ed25519" and "text" in rule.secret_encodings:
        yield (
            "an Ed25519 key is no plain text; say how it is written: secret_encoding='hex',"
            " 'base64' or 'whpk'"
        )
    if rule.encoding == "text" and rule.algorithm != "token":
        yield "encoding 'text' is for tokens; write 'hex', 'base64' or 'base64url'"


def _in_the_place(rule: "Signature") -> Iterator[str]:
    if not _carriers(rule) and not callable(rule.extract) and rule.verify is None:
        yield (
            "it does not say where the signature is; add header='x-signature', query_param='…' or"
            " body_field='…', or decide with verify=…"
        )
    if isinstance(rule.extract, str) and not (rule.header_names or rule.query_param):
        yield "extract searches a header; add header='x-signature'"
    if rule.extract is not None and rule.separator:
        yield "extract and separator both take a header apart; leave one of them out"
    if rule.sign is not None and rule.verify is None:
        yield "sign is the other half of verify; leave it out, or add verify"
    if rule.layout is not None and rule.extract is None:
        yield "layout says how to write what extract reads; leave it out, or add extract"


def _in_the_time(rule: "Signature") -> Iterator[str]:
    places = rule.timestamp_places
    if len(places) > 1:
        yield f"{' and '.join(places)} both say where the time is; keep one of them"
    if rule.timestamp_prefix is not None and not (rule.separator and rule.header_names):
        yield "timestamp_prefix needs a header with several values; add header and separator=','"
    if rule.timestamp_extract is not None and not rule.header_names:
        yield "timestamp_extract searches the signature's header; add header='x-signature'"
    if not places and "tolerance_seconds" in rule.model_fields_set and rule.tolerance_seconds:
        yield (
            "tolerance_seconds needs the time of signing; say where it is, such as"
            " timestamp_header='x-timestamp'"
        )


def _in_the_payload(rule: "Signature") -> Iterator[str]:
    if rule.template is None:
        return
    signs = rule.algorithm not in _UNSIGNED
    signed = rule.template.placeholders if signs else frozenset[str]()
    if not signs and "signed_payload" in rule.model_fields_set:
        yield f"algorithm {rule.algorithm!r} signs nothing; leave out signed_payload"
    if "timestamp" in signed and not rule.timestamp_places:
        yield (
            "signed_payload has {timestamp}, and no option says where it is; add"
            " timestamp_header='x-timestamp'"
        )
    if rule.timestamp_places and not signed & _ways_to_sign_the_time(rule):
        mend = "put {timestamp} into signed_payload, or leave" if signs else "leave"
        yield (
            f"the time is not signed, so anybody could renew it; {mend} out"
            f" {rule.timestamp_places[0]}"
        )
    if rule.query_param and signed & {"url", "query"}:
        yield (
            "the signature is part of {url} and {query}, so it cannot cover them; write {path}"
            " and {query.NAME} into signed_payload"
        )
    if rule.body_field and signed & {"body", "body_sha256", "form"}:
        yield (
            "the signature is part of the body, so it cannot cover it; write {body.FIELD} into"
            " signed_payload"
        )


def _ways_to_sign_the_time(rule: "Signature") -> set[str]:
    """The placeholders any of which covers the time of signing."""
    ways = {"timestamp"}
    if rule.timestamp_header:
        ways |= {f"header.{rule.timestamp_header}", f"header.{rule.timestamp_header.lower()}"}
    if rule.timestamp_query_param:
        ways |= {f"query.{rule.timestamp_query_param}", "query", "url"}
    if rule.timestamp_body_field:
        ways |= {f"body.{rule.timestamp_body_field}", "body", "body_sha256"}
    return ways


def _carriers(rule: "Signature") -> bool:
    return bool(rule.header_names or rule.query_param or rule.body_field)
