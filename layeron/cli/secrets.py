"""``layeron secrets``: values for this machine, in a file only its user can read."""

import base64
import os
import sys
from typing import Annotated

import typer

from layeron.adapters.secret_file import SecretFile, variable_name
from layeron.adapters.secret_sources import FILE_NAME
from layeron.cli.options import DataDir
from layeron.errors import ConfigurationError
from layeron.local import make_data_folder
from layeron.secrets import secret
from layeron.settings import load_settings

app = typer.Typer(help="Secrets of this machine.", no_args_is_help=True)


@app.command("set")
def set_(
    name: str,
    namespace: Annotated[str, typer.Option(help="The secret's namespace.")] = "default",
    generate: Annotated[bool, typer.Option(help="Make a random value.")] = False,
    if_missing: Annotated[bool, typer.Option(help="Keep a value that is there.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Set a secret, read from standard input; its last value stays valid as the previous one."""
    reference = secret(name, namespace)
    variable = variable_name(reference)
    folder = make_data_folder(load_settings(data_dir=data_dir).data_dir)
    file = SecretFile(folder / FILE_NAME)
    if if_missing and variable in file.read():
        typer.echo(f"{variable} is set already; it stays as it is")
        return
    if generate:
        # As Standard Webhooks writes a key; who signs with the text itself can do so with this one.
        value = f"whsec_{base64.b64encode(os.urandom(32)).decode()}"
    elif sys.stdin.isatty():
        value = typer.prompt(f"Value of {name}", hide_input=True)
    else:
        value = sys.stdin.read().strip()
    if not value:
        raise ConfigurationError(
            f"no value for {name}; pipe it in, such as `printf %s VALUE | layeron secrets set"
            f" {name}`, or add --generate."
        )
    file.set(reference, value)
    typer.echo(f"{variable} is set in {folder / FILE_NAME}")
    if os.environ.get(variable):
        typer.echo(f"but the environment has a {variable}, too, which comes first", err=True)


@app.command("list")
def list_(data_dir: DataDir = None) -> None:
    """List the names of the secrets in the file; never their values."""
    file = SecretFile(load_settings(data_dir=data_dir).data_dir / FILE_NAME)
    for name in sorted(file.read()):
        typer.echo(name)
