"""``layeron serve``, ``layeron worker`` and ``layeron db``: the commands of a deployment."""

from typing import Annotated

import typer

from layeron.adapters.database import current_revision, head_revision, upgrade
from layeron.cli.options import App, DataDir
from layeron.cli.service import run_service
from layeron.settings import load_settings

database = typer.Typer(help="The database's schema.", no_args_is_help=True)


def serve(
    app: App = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Run the API: it receives webhooks and serves /api/v1."""
    run_service(
        "api.main", "serve", load_settings(app=app, host=host, port=port, data_dir=data_dir)
    )


def worker(app: App = None, data_dir: DataDir = None) -> None:
    """Run a worker: it handles what was received."""
    run_service("worker", "run_worker", load_settings(app=app, data_dir=data_dir))


@database.command("upgrade")
def upgrade_database(data_dir: DataDir = None) -> None:
    """Bring the database to the schema of this version."""
    url = load_settings(data_dir=data_dir).effective_database_url
    upgrade(url)
    typer.echo(f"the database is at revision {current_revision(url)}")


@database.command("status")
def show_status(data_dir: DataDir = None) -> None:
    """Show the schema's revision and the one this version needs."""
    url = load_settings(data_dir=data_dir).effective_database_url
    typer.echo(f"database {current_revision(url) or 'empty'}, needed {head_revision()}")
