"""Load the user's application: ``module:app`` or ``path/to/file.py:app``."""

import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from layeron.application import Backend
from layeron.errors import ConfigurationError

_OURS = ("activities", "api", "layeron", "worker", "workflows")
_PACKAGE = Path(__file__).resolve().parent


def load_app(reference: str | None, *, folder: Path | None = None) -> Backend:
    """Import the user's module and give its application.

    Args:
        reference: a module or a file, with the name of the variable after ``:`` (default ``app``).
        folder: where modules are looked up; the working directory if not given.

    Raises:
        ConfigurationError: there is no such module, file or application, its code fails, or a
            module beside it has the name of one of ours.
    """
    place, _, variable = required(reference).partition(":")
    folder = (folder or Path.cwd()).resolve()
    root, module = _module_of(place, folder)
    _refuse_our_names(root, module)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    loaded = _import(place, root, module)
    if place.endswith(".py") and vars(loaded).get("__file__") != str((folder / place).resolve()):
        raise ConfigurationError(f"{place} has the name of a module of Python's; rename it.")
    app = getattr(loaded, variable or "app", None)
    if not isinstance(app, Backend):
        _refuse_variable(place, variable or "app", loaded)
    return app


def required(reference: str | None) -> str:
    """The reference, if there is one.

    Raises:
        ConfigurationError: there is none.
    """
    if not reference:
        raise ConfigurationError(
            "no application given; name it, such as `layeron dev hooks.py:app`, or set LAYERON_APP."
        )
    return reference


def _module_of(place: str, folder: Path) -> tuple[Path, str]:
    """The folder that belongs on Python's path, and the full name of the module in it."""
    if not place.endswith(".py"):
        return folder, place
    path = (folder / place).resolve()
    if not path.is_file():
        raise ConfigurationError(f"there is no file {path}; check the path.")
    root, names = path.parent, [] if path.stem == "__init__" else [path.stem]
    while (root / "__init__.py").is_file():
        root, names = root.parent, [root.name, *names]
    module = ".".join(names)
    if not all(name.isidentifier() for name in names):
        raise ConfigurationError(f"{place} cannot be imported; name the file like a Python module.")
    return root, module


def _refuse_our_names(root: Path, module: str) -> None:
    """A user's module must not hide one of the service's own."""
    if (root / "layeron" / "application.py").is_file():
        return  # the project's own checkout
    for name in _OURS:
        found = [root / f"{name}.py", *(root / name).glob("*.py")]
        if taken := next((path for path in found if path.is_file()), None):
            raise ConfigurationError(
                f"{taken} has the name of a module of this service, {name!r}; rename it, or move"
                f" {module!r} to a folder of its own."
            )


def _import(place: str, root: Path, module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            raise ConfigurationError(
                f"there is no module {module!r} in {root}; check the name, or start in its folder."
            ) from None
        _explain(place, root, error)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever the user's code raises
        _explain(place, root, error)


def _explain(place: str, root: Path, error: BaseException) -> NoReturn:
    """Say what the user's code did wrong, and where in it."""
    stack = traceback.extract_tb(error.__traceback__)
    first = next((i for i, frame in enumerate(stack) if _is_theirs(frame, root)), len(stack))
    theirs = stack[first:]
    if isinstance(error, ConfigurationError):  # a declaration of theirs, which names the mend
        frame = next((each for each in reversed(theirs) if _is_theirs(each, root)), None)
        where = f"{Path(frame.filename).name}, line {frame.lineno}: " if frame else ""
        raise ConfigurationError(f"{where}{error}") from None
    message, lines = str(error), traceback.format_list(theirs)
    if isinstance(error, SyntaxError):
        message = error.msg
        lines += traceback.format_exception_only(error)[:-1]
    raise ConfigurationError(
        f"{place} cannot be loaded: {type(error).__name__}: {message}\n{''.join(lines)}".rstrip()
    ) from error


def _is_theirs(frame: traceback.FrameSummary, root: Path) -> bool:
    path = Path(frame.filename)
    return path.is_relative_to(root) and not path.is_relative_to(_PACKAGE)


def _refuse_variable(place: str, variable: str, loaded: ModuleType) -> NoReturn:
    others = [name for name, value in vars(loaded).items() if isinstance(value, Backend)]
    mend = f"it has {place}:{others[0]}." if others else f"write `{variable} = backend()` there."
    raise ConfigurationError(f"{place} has no application named {variable!r}; {mend}")
