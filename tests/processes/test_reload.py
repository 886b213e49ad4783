"""``layeron dev`` and code that changes while it runs."""

from tests.processes.local import Local
from tests.processes.sending import accepted


def _edit(dev: Local, old: str, new: str) -> str:
    """Change the application's file; gives what was said until then."""
    said = dev.process.output
    path = dev.folder / "hooks.py"
    path.write_text(path.read_text().replace(old, new))
    return said


def _version(dev: Local, event_id: str) -> object:
    """Which version of the handler handled an event."""
    record = dev.operator.settled(accepted(dev.url, event_id))
    return record["attempts"][0]["logs"][0]["fields"]["version"]


def test_changed_code_runs_at_once_and_other_files_change_nothing(dev: Local) -> None:
    (dev.folder / ".layeron" / "noise.py").touch()
    (dev.folder / "notes.txt").touch()
    said = _edit(dev, "version=1", "version=2")
    dev.process.until("^hooks.py changed: API and worker start again$", after=said)
    dev.process.until("^the changed code runs$", after=said)
    assert _version(dev, "reloaded") == "2"
    assert "noise.py" not in dev.process.output
    assert "notes.txt" not in dev.process.output


def test_broken_code_is_told_of_and_what_ran_runs_on_until_it_is_mended(dev: Local) -> None:
    before = _version(dev, "whole")
    said = _edit(dev, "app = backend()", "app = backend((")
    dev.process.until("^layeron: .*hooks.py cannot be loaded: SyntaxError", after=said)
    dev.process.until("^hooks.py changed and cannot start; what ran before runs on$", after=said)
    assert _version(dev, "broken") == before
    said = _edit(dev, "app = backend((", "app = backend()")
    dev.process.until("^the changed code runs$", after=said)
    assert _version(dev, "mended") == before
