"""``layeron serve``, ``layeron worker`` and ``layeron db``: the commands of a deployment."""

import typer

from layeron.cli.options import AppArgument, DataDir, Host, Port
from layeron.cli.service import run_service
from layeron.settings import load_settings

database = typer.Typer(help="The database's schema.", no_args_is_help=True)


def serve(
    app: AppArgument = None, host: Host = None, port: Port = None, data_dir: DataDir = None
) -> None:
    """Run the API: it receives, and serves /api/v1 and /dashboard."""
    run_service(
        "api.main", "serve", load_settings(app=app, host=host, port=port, data_dir=data_dir)
    )


def worker(app: AppArgument = None, data_dir: DataDir = None) -> None:
    """Run a worker: it handles what was received, and delivers."""
    run_service("worker", "run_worker", load_settings(app=app, data_dir=data_dir))


@database.command("upgrade")
def upgrade_database(data_dir: DataDir = None) -> None:
    """Bring the database to the schema of this version."""
    from layeron.adapters.database import (  # noqa: PLC0415  # loads the database's packages
        current_revision,
        upgrade,
    )

    url = load_settings(data_dir=data_dir).effective_database_url
    upgrade(url)
    typer.echo(f"the database is at revision {current_revision(url)}")


@database.command("status")
def show_status(data_dir: DataDir = None) -> None:
    """Show the schema's revision; exit with 1 if it is not the one that this version needs."""
    from layeron.adapters.database import (  # noqa: PLC0415  # loads the database's packages
        current_revision,
        head_revision,
    )

    found = current_revision(load_settings(data_dir=data_dir).effective_database_url)
    needed = head_revision()
    typer.echo(f"the database is at revision {found or 'none'}, this release needs {needed}")
    raise typer.Exit(found != needed)
