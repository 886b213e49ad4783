"""Options that many commands take."""

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of the local service. [env: LAYERON_DATA_DIR]"),
]
Url = Annotated[
    str | None, typer.Option("--url", help="Where the API is reached. [env: LAYERON_URL]")
]
App = Annotated[
    str | None,
    typer.Option("--app", help="The application, MODULE_OR_FILE[:app]. [env: LAYERON_APP]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
