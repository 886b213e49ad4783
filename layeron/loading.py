"""Load the user's application: ``module:app`` or ``path/to/file.py:app``."""

import importlib
import sys
from pathlib import Path

from layeron.application import Backend
from layeron.errors import ConfigurationError

_OURS = ("activities", "api", "worker", "workflows")


def load_app(reference: str | None, *, folder: Path | None = None) -> Backend:
    """Import the user's module and give its application.

    Args:
        reference: a module or a file, with the name of the variable after ``:`` (default ``app``).
        folder: where modules are looked up; the working directory if not given.

    Raises:
        ConfigurationError: there is no such module, file or application, or the user's folder has
            a module with the name of one of ours.
    """
    if not reference:
        raise ConfigurationError(
            "no application given; name it, such as `layeron dev hooks.py:app`, or set LAYERON_APP."
        )
    place, _, variable = reference.partition(":")
    root, module = _module_of(place, folder or Path.cwd())
    _refuse_our_names(root, module)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        loaded = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise ConfigurationError(
            f"there is no module {module!r} in {root}; check the name, or start in its folder."
        ) from None
    app = getattr(loaded, variable or "app", None)
    if not isinstance(app, Backend):
        raise ConfigurationError(
            f"{place} has no application named {variable or 'app'!r}; write `{variable or 'app'} ="
            " backend()` there, or name it after ':'."
        )
    return app


def _module_of(place: str, folder: Path) -> tuple[Path, str]:
    if not place.endswith(".py"):
        return folder.resolve(), place
    path = (folder / place).resolve()
    if not path.is_file():
        raise ConfigurationError(f"there is no file {place} in {folder}; check the path.")
    if not path.stem.isidentifier():
        raise ConfigurationError(f"{place} cannot be imported; name the file like a Python module.")
    return path.parent, path.stem


def _refuse_our_names(root: Path, module: str) -> None:
    """A user's module must not hide one of the service's own."""
    if (root / "layeron" / "application.py").is_file():
        return  # the project's own checkout
    for name in _OURS:
        if (root / f"{name}.py").exists() or (root / name / "__init__.py").exists():
            raise ConfigurationError(
                f"{root / name} has the name of a module of this service; rename it, or move"
                f" {module!r} to a folder of its own."
            )
