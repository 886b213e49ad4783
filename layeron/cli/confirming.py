"""Ask before something that cannot be undone."""

import sys
from typing import Annotated

import typer

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def confirm(question: str, *, yes: bool) -> None:
    """Go on if the answer is yes.

    Raises:
        Abort: it is not.
        BadParameter: nobody is there to answer.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter("this cannot be undone, and nobody is asked here; say --yes.")
    typer.confirm(question, abort=True, err=True)
