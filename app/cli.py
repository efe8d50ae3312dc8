"""The commands of `flask` that are loaded when they are run, so that no process's start waits for them.

`flask train`, `flask evaluate`, `flask process` and `flask chat` are the workers'. None of them needs a
database, Redis or a running server, and a web-only install can still list them. `flask db` is
flask-migrate's.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS = "workers.commands"  # a name only: the web process never imports what computes


def register(app: Flask) -> None:
    """Add these commands to `flask`."""
    for command in (*STANDALONE.values(), migrate):
        app.cli.add_command(command)


def standalone(arguments: Sequence[str]) -> Flask | None:
    """Return an application that has one command, where `flask` is asked for one that needs no service.

    Routes, database and settings take longer to load than `flask process --probe` takes to answer.
    """
    command = STANDALONE.get(arguments[0]) if arguments else None
    if command is None:
        return None
    app = Flask("app", static_folder=None)
    app.cli.add_command(command)
    return app


@click.command("db", add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
@with_appcontext
def migrate(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Make the tables of the database, and change them."""
    from flask_migrate import Migrate  # noqa: PLC0415 - see above
    from flask_migrate.cli import db as commands  # noqa: PLC0415

    from app.extensions import db  # noqa: PLC0415

    Migrate(current_app, db, directory=str(current_app.config["MIGRATIONS"]))
    commands.main(list(arguments), prog_name=context.command_path, obj=context.obj)


@click.command()
@click.argument("system")
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of the data."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the weights.")
def train(system: str, data: Path, out: Path | None) -> None:
    """Fit a SYSTEM's models and write weights and card."""
    _function("train")(system, data, out)


@click.command()
@click.argument("system")
@click.option(
    "--data", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of the data."
)
def evaluate(system: str, data: Path) -> None:
    """Measure a SYSTEM's models; the last line is one JSON object."""
    _function("evaluate")(system, data)


@click.command()
@click.argument("system")
@click.argument("paths", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="File for the result; default: standard output."
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["csv", "json"]),
    help="Default: by OUT's ending, else csv.",
)
@click.option("--text-column", help="Heading or field of the texts; default: found by itself.")
@click.option("--model-version", help="Default: the SYSTEM's own.")
@click.option("--largest", is_flag=True, default=None, help="Only the largest face of each picture or frame.")
@click.option("--frames", metavar="N|middle|T,T", help="Frames of a clip: a count, `middle`, or seconds.")
@click.option(
    "--option",
    "options",
    metavar="NAME=VALUE",
    multiple=True,
    callback=lambda _context, _option, pairs: named_values(pairs),
    help="One of the SYSTEM's own options; may be given many times.",
)
@click.option("--compare", is_flag=True, default=None, help="Tell how two files differ: OLD NEW.")
@click.option("--features", type=click.Path(path_type=Path, dir_okay=False), help="File for the features.")
@click.option("--probe", is_flag=True, default=None, help="Tell what the files are, without reading all.")
def process(
    system: str, paths: tuple[Path, ...], out: Path | None, output_format: str | None, **arguments: Any
) -> None:
    """Run a SYSTEM over files, without a server; it takes the options that it has a use for."""
    chosen = output_format or ("json" if out and out.suffix == ".json" else "csv")
    _function("process")(system, paths, out, output_format=chosen, arguments=arguments)


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("questions", metavar="QUESTION...", nargs=-1, required=True)
def chat(path: Path, questions: tuple[str, ...]) -> None:
    """Answer questions about a FILE, in Korean or English; each may build on the one before."""
    _function("chat")(path, questions)


STANDALONE = {command.name: command for command in (train, evaluate, process, chat)}


def named_values(pairs: Sequence[str]) -> dict[str, str]:
    """Return the values of `NAME=VALUE` pairs by name.

    Raises:
        BadParameter: a pair has no name or no `=`, or a name comes twice.

    """
    values: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"{pair!r} must be NAME=VALUE")
        if name in values:
            raise click.BadParameter(f"{name!r} is given twice")
        values[name] = value
    return values


def _function(name: str) -> Callable[..., None]:
    """Return one of the workers' commands.

    Raises:
        ClickException: the workers' packages are not installed.

    """
    try:
        commands = import_module(COMMANDS)
    except ModuleNotFoundError as error:
        raise click.ClickException(missing(error.name)) from error
    return cast("Callable[..., None]", getattr(commands, name))


def missing(module: str | None) -> str:
    """Return what to say where a package of the workers is not installed."""
    return (
        f"{module} is not installed: `{Path(sys.executable).name} -m pip install -r requirements-workers.txt`"
    )
