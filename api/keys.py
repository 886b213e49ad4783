"""``/api/v1/keys``: the keys of the API itself; one is shown when it is made, and never again."""

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.doc import Doc
from api.door import Door, Operation, json_response
from api.questions import Question, question_of
from api.views import answer, shown, view
from layeron.keys import new_key, revoke
from layeron.operating_records import ApiKey, Scope
from layeron.ports.records import RecordStore

_LONGEST_NAME = 100
_HIDDEN = {"secret_hash"}
_Key: Any = view("Key", ApiKey, without=_HIDDEN, plus={})


class NewKeyQuestion(Question):
    """A key to make.

    Attributes:
        name: for people; the audit log shows it.
        scopes: what it is good for: ``replay`` holds ``read``, and ``admin`` holds everything.
    """

    name: Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]


_Keys: Any = answer(
    "Keys", "All keys, oldest first; those that were revoked, too.", keys=list[_Key]
)
_NewKey: Any = answer(
    "NewKey",
    "A new key; `secret` is what is sent as bearer, shown this one time.",
    key=_Key,
    secret=str,
)

_LIST = Doc("List keys", _Keys)
_CREATE = Doc(
    "Make a key", _NewKey, 201, body=NewKeyQuestion, body_required=True, noted=("name", "scopes")
)
_REVOKE = Doc(
    "Revoke a key at once",
    status=204,
    about="The last key with the scope `admin` stays, as no other could be made without it.",
    errors=(404, 409),
)


class KeysAPI:
    """The HTTP face of `layeron.keys`, for callers with a key."""

    def __init__(self, door: Door, records: RecordStore) -> None:
        self._door = door
        self._records = records

    def routes(self) -> list[Operation]:
        """The routes to mount."""
        route = self._door.route
        return [
            route("/api/v1/keys", self._list, doc=_LIST),
            route("/api/v1/keys", self._create, "POST", action="key.create", doc=_CREATE),
            route(
                "/api/v1/keys/{key_id}", self._revoke, "DELETE", action="key.revoke", doc=_REVOKE
            ),
        ]

    async def _list(self, _: Request, __: ApiKey) -> Response:
        keys = await self._records.list_keys()
        return json_response({"keys": [_shown(each) for each in keys]})

    async def _create(self, request: Request, _: ApiKey) -> Response:
        asked = question_of(request, NewKeyQuestion)
        key, text = new_key(asked.name, tuple(dict.fromkeys(asked.scopes)))
        await self._records.add_key(key)
        return json_response({"key": _shown(key), "secret": text}, 201)

    async def _revoke(self, request: Request, _: ApiKey) -> Response:
        await revoke(self._records, request.path_params["key_id"])
        return Response(status_code=204)


def _shown(key: ApiKey) -> dict[str, object]:
    return shown(key, without=_HIDDEN)
