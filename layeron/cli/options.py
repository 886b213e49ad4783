"""Options that many commands take."""

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", help="Folder of the local service. [env: LAYERON_DATA_DIR; default: .layeron]"
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url", help="Where the API is. [env: LAYERON_URL; default: the local `layeron dev`]"
    ),
]
App = Annotated[
    str | None,
    typer.Option(
        "--app", help="The application. [env: LAYERON_APP; default: that of the local service]"
    ),
]
AppArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="MODULE_OR_FILE[:APP]", help="The application, such as hooks.py:app. [LAYERON_APP]"
    ),
]
Host = Annotated[
    str | None,
    typer.Option(help="Address the API listens on. [env: LAYERON_HOST; default: 127.0.0.1]"),
]
Port = Annotated[
    int | None, typer.Option(help="Its port; 0: a free one. [env: LAYERON_PORT; default: 8000]")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
