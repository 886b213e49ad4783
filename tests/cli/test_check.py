"""``layeron check``: the user's code is loaded, or what is wrong with it is said."""

from pathlib import Path

import pytest

from layeron.cli.banner import banner
from layeron.cli.check import AnyDeclared, Declared, DeclaredPublisher
from layeron.cli.plan import Plan
from tests.support.command import layeron, refusal, said

APP = """
from layeron import backend, secret, webhooks

app = backend()
vendor = webhooks.custom(
    name="vendor",
    path="/webhooks/vendor",
    signature={"header": "x-signature", "secret": secret("VENDOR_SECRET")},
)
app.use(vendor)


@vendor.on("order.created")
def note(event):
    print(event.id)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hooks.py").write_text(APP)
    return tmp_path


@pytest.mark.parametrize("reference", ["hooks.py", "hooks.py:app", "hooks", "hooks:app"])
def test_an_application_is_named_by_file_or_module(reference: str, folder: Path) -> None:
    shown = said("check", reference, folder=folder)
    assert shown == "vendor at /webhooks/vendor: order.created\n"


def test_an_application_is_named_by_the_environment(folder: Path) -> None:
    assert said("check", folder=folder, LAYERON_APP="hooks:app").startswith("vendor at ")


def test_a_file_is_found_from_elsewhere_even_in_a_folder_with_spaces(tmp_path: Path) -> None:
    place = tmp_path / "my own hooks"
    place.mkdir()
    (place / "hooks.py").write_text(APP)
    assert said("check", "my own hooks/hooks.py", folder=tmp_path).startswith("vendor at ")


def test_a_file_of_a_package_may_import_its_neighbours(tmp_path: Path) -> None:
    package = tmp_path / "shop" / "events"
    package.mkdir(parents=True)
    for place in (package, package.parent):
        (place / "__init__.py").touch()
    (package / "hooks.py").write_text(f"from . import ledger\nfrom shop import events\n{APP}")
    (package / "ledger.py").touch()
    assert said("check", "shop/events/hooks.py", folder=tmp_path).startswith("vendor at ")
    assert said("check", "shop.events.hooks", folder=tmp_path).startswith("vendor at ")


def test_a_place_of_its_own_and_a_namespace_are_shown(tmp_path: Path) -> None:
    text = APP.replace("path=", 'namespace="billing", host="hooks.example.com", path=')
    (tmp_path / "hooks.py").write_text(text.partition("@vendor")[0])
    assert said("check", "hooks.py", folder=tmp_path) == (
        "billing/vendor at /webhooks/vendor (Host: hooks.example.com): no handler yet\n"
    )


PUBLISHERS = """
from layeron import backend, webhooks

app = backend()
app.use(
    webhooks.out("notices", endpoints=[{"name": "crm", "url": "https://crm.example.com/in"}]),
    webhooks.out("bills", namespace="billing", event_types={"bill.paid": {}, "bill.sent": {}}),
)
"""


def test_publishers_are_shown_with_what_they_send_and_where(tmp_path: Path) -> None:
    (tmp_path / "hooks.py").write_text(PUBLISHERS)
    said("secrets", "set", "LAYERON_ENCRYPTION_KEY", "--generate", folder=tmp_path)
    assert said("check", "hooks.py", folder=tmp_path).splitlines() == [
        "notices sends any event to crm, endpoints created at run time",
        "billing/bills sends bill.paid, bill.sent to endpoints created at run time",
    ]


def test_the_banner_names_publishers_beside_webhooks(tmp_path: Path) -> None:
    shown: list[AnyDeclared] = [
        DeclaredPublisher("notices", [], ["crm"]),
        Declared("vendor", None, "/webhooks/vendor", ["order.created"]),
    ]
    plan = Plan(
        app="hooks.py", here=tmp_path, folder=tmp_path / ".layeron", host="127.0.0.1", port=1,
        temporal_port=2, ui_port=3, task_queue="layeron", drain_seconds=25,
    )  # fmt: skip
    lines = list(banner(plan, shown))
    assert "  publisher    notices sends any event to crm, endpoints created at run time" in lines
    assert [each for each in lines if "layeron trigger vendor order.created" in each]
    assert not [each for each in banner(plan, shown[:1]) if "trigger" in each]


def test_the_banner_says_where_the_dashboard_is_and_how_to_log_in(tmp_path: Path) -> None:
    def line(folder: Path) -> str:
        plan = Plan(
            app="hooks.py", here=tmp_path, folder=folder, host="127.0.0.1", port=8001,
            temporal_port=2, ui_port=3, task_queue="layeron", drain_seconds=25,
        )  # fmt: skip
        (found,) = [each for each in banner(plan, []) if "/dashboard" in each]
        return found

    address, key = "http://127.0.0.1:8001/dashboard", "log in with a key: layeron keys create ME"
    assert line(tmp_path / ".layeron") == f"  dashboard    {address} ({key})"
    elsewhere = tmp_path / "elsewhere"
    assert line(elsewhere) == f"  dashboard    {address} ({key} --data-dir '{elsewhere}')"


def test_who_sends_needs_a_key_to_encrypt_signing_secrets_with(tmp_path: Path) -> None:
    (tmp_path / "hooks.py").write_text(PUBLISHERS)
    for key in ("", "too short to be a key"):
        result = layeron("check", "hooks.py", folder=tmp_path, LAYERON_ENCRYPTION_KEY=key)
        assert result.returncode == 1
        assert "layeron secrets set LAYERON_ENCRYPTION_KEY --generate" in result.stderr
        assert "to be a key" not in result.stderr


def test_every_missing_secret_is_named_with_both_mends(folder: Path) -> None:
    text = APP.replace('secret("VENDOR_SECRET")', '[secret("NEW_KEY"), secret("OLD_KEY")]')
    (folder / "hooks.py").write_text(text)
    result = layeron("check", "hooks.py", folder=folder)
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    for name, line in zip(("NEW_KEY", "OLD_KEY"), lines, strict=True):
        assert line.startswith("layeron: ")
        assert f"secret {name} has no value" in line
        assert f"export {name}=" in line
        assert f"layeron secrets set {name}" in line


def test_an_application_without_webhooks_is_told_how_to_get_one(tmp_path: Path) -> None:
    (tmp_path / "hooks.py").write_text("from layeron import backend\napp = backend()\n")
    result = layeron("check", "hooks.py", folder=tmp_path)
    assert result.returncode == 0
    assert result.stderr == "hooks.py declares no webhook; add one with app.use(…)\n"


def test_no_application_at_all_is_asked_for(tmp_path: Path) -> None:
    for command in ("check", "dev", "serve", "worker"):
        assert refusal(command, folder=tmp_path).startswith("no application given; name it")


def test_a_file_module_or_variable_that_does_not_exist_is_named(folder: Path) -> None:
    assert refusal("check", "nope.py", folder=folder) == (
        f"there is no file {folder / 'nope.py'}; check the path."
    )
    assert refusal("check", "nope", folder=folder) == (
        f"there is no module 'nope' in {folder}; check the name, or start in its folder."
    )
    assert refusal("check", "hooks.py:service", folder=folder) == (
        "hooks.py has no application named 'service'; it has hooks.py:app."
    )
    (folder / "empty.py").touch()
    assert refusal("check", "empty.py", folder=folder) == (
        "empty.py has no application named 'app'; write `app = backend()` there."
    )


@pytest.mark.parametrize("name", ["api.py", "worker.py", "workflows/ours.py", "activities/a.py"])
def test_a_module_named_like_one_of_ours_is_refused(name: str, folder: Path) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()
    told = refusal("check", "hooks.py", folder=folder)
    ours = name.partition("/")[0].removesuffix(".py")
    assert told.startswith(f"{folder / name} has the name of a module of this service, {ours!r}; ")
    assert "rename it" in told


def test_a_file_named_like_the_package_or_like_pythons_own_is_refused(tmp_path: Path) -> None:
    (tmp_path / "layeron.py").write_text(APP)
    assert "'layeron'; rename it" in refusal("check", "layeron.py", folder=tmp_path)
    (tmp_path / "layeron.py").rename(tmp_path / "time.py")
    told = refusal("check", "time.py", folder=tmp_path)
    assert told == "time.py has the name of a module of Python's; rename it."
    (tmp_path / "time.py").rename(tmp_path / "my-hooks.py")
    assert "name the file like a Python module" in refusal("check", "my-hooks.py", folder=tmp_path)


def told_lines(folder: Path, text: str) -> list[str]:
    """What is said of an application with this text."""
    (folder / "hooks.py").write_text(text)
    result = layeron("check", "hooks.py", folder=folder)
    assert result.returncode == 1
    return result.stderr.splitlines()


def test_a_syntax_error_is_shown_where_it_is(tmp_path: Path) -> None:
    assert told_lines(tmp_path, "\ndef handle(:\n    pass\n") == [
        "layeron: hooks.py cannot be loaded: SyntaxError: invalid syntax",
        f'  File "{tmp_path / "hooks.py"}", line 2',
        "    def handle(:",
        "               ^",
    ]


def test_an_error_of_the_users_code_is_shown_without_our_frames(tmp_path: Path) -> None:
    (tmp_path / "ledger.py").write_text("def connect():\n    raise OSError('no ledger')\n")
    first, *frames = told_lines(tmp_path, "import ledger\n\nledger.connect()\n")
    assert first == "layeron: hooks.py cannot be loaded: OSError: no ledger"
    files = [line.split('"')[1] for line in frames if line.startswith("  File ")]
    assert files == [str(tmp_path / "hooks.py"), str(tmp_path / "ledger.py")]


def test_a_package_that_the_users_code_lacks_is_named(tmp_path: Path) -> None:
    first, *_ = told_lines(tmp_path, "import warehouse_client\n")
    assert first == (
        "layeron: hooks.py cannot be loaded: ModuleNotFoundError: No module named"
        " 'warehouse_client'"
    )


def test_code_that_exits_is_told_of(tmp_path: Path) -> None:
    first, *_ = told_lines(tmp_path, "import sys\nsys.exit('set LEDGER first')\n")
    assert first == "layeron: hooks.py cannot be loaded: SystemExit: set LEDGER first"


def test_a_wrong_declaration_is_one_sentence_with_its_line(tmp_path: Path) -> None:
    (line,) = told_lines(tmp_path, APP.replace("path=", "pth="))
    assert line.startswith("layeron: hooks.py, line 5: webhook 'vendor': unknown option 'pth'; ")


def test_a_key_for_the_history_that_is_missing_is_said(folder: Path) -> None:
    told = layeron("check", "hooks.py", folder=folder, LAYERON_CODEC="HISTORY_KEY").stderr
    assert "to make one: layeron secrets set HISTORY_KEY --generate" in told
