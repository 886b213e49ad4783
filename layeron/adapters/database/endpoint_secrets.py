"""Generated signing secrets: added, rotated, and let go when their time is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from layeron.adapters.database.columns import AnyText
from layeron.adapters.database.locks import hold
from layeron.adapters.database.parts import in_parts
from layeron.adapters.database.sending_tables import EndpointSecretRow
from layeron.outbound.records import StoredSecret

# The current one first: the clocks of two processes may disagree on which is newer.
_OWNED = (
    select(EndpointSecretRow)
    .where(col(EndpointSecretRow.owner).in_(bindparam("owners", expanding=True)))
    .order_by(
        col(EndpointSecretRow.expires_at).is_not(None),
        col(EndpointSecretRow.created_at).desc(),
        col(EndpointSecretRow.id).desc(),
    )
)

_RENEW = (
    update(EndpointSecretRow)
    .where(
        col(EndpointSecretRow.id) == bindparam("secret"),
        col(EndpointSecretRow.ciphertext) == bindparam("read"),
    )
    .values(ciphertext=bindparam("renewed", type_=AnyText))
)


def add(
    session: Session,
    owner: str,
    secret: StoredSecret,
    *,
    others_expire_at: datetime | None,
    keep: int,
) -> list[StoredSecret]:
    """See `EndpointStore.add_secret`; it is added at the time it was made."""
    hold(session, f"secrets of {owner}")
    at = secret.created_at
    rows = session.scalars(_OWNED, {"owners": [owner]}).all()
    live = [row for row in rows if _is_live(row, at)]
    is_there = any(row.id == secret.id for row in rows)
    if is_there or (others_expire_at is None and live):
        return [_stored(row) for row in live]
    ends_at_once = others_expire_at is not None and others_expire_at <= at
    for row in live:
        if ends_at_once or row.expires_at is None:
            row.expires_at = others_expire_at
    older = [row for row in live if _is_live(row, at)][:keep]
    kept = {row.id for row in older}
    for row in rows:
        if row.id not in kept:
            session.delete(row)
    session.add(
        EndpointSecretRow(id=secret.id, owner=owner, ciphertext=secret.ciphertext, created_at=at)
    )
    return [secret, *map(_stored, older)]


def of_owners(
    session: Session, owners: Sequence[str], *, at: datetime
) -> dict[str, list[StoredSecret]]:
    """See `EndpointStore.secrets`; an owner without any is left out."""
    found: dict[str, list[StoredSecret]] = {}
    for part in in_parts(owners):
        for row in session.scalars(_OWNED, {"owners": list(part)}):
            if _is_live(row, at):
                found.setdefault(row.owner, []).append(_stored(row))
    return found


def renew(session: Session, renewed: Sequence[tuple[StoredSecret, str]]) -> None:
    """See `EndpointStore.renew_secrets`; in one order, so that two who do it do not deadlock."""
    values = [
        {"secret": stored.id, "read": stored.ciphertext, "renewed": ciphertext}
        for stored, ciphertext in sorted(renewed, key=lambda each: each[0].id)
    ]
    session.connection().execute(_RENEW, values)


def _is_live(row: EndpointSecretRow, at: datetime) -> bool:
    return row.expires_at is None or row.expires_at > at


def _stored(row: EndpointSecretRow) -> StoredSecret:
    return StoredSecret(row.id, row.ciphertext, row.created_at, row.expires_at)
