"""Records as JSON and back, the same for the API, its clients and the command line."""

from pydantic import TypeAdapter

from layeron.records import EventPage, EventRecord, ReplayRecord

event_json: TypeAdapter[EventRecord] = TypeAdapter(EventRecord)
page_json: TypeAdapter[EventPage] = TypeAdapter(EventPage)
replay_json: TypeAdapter[ReplayRecord] = TypeAdapter(ReplayRecord)
