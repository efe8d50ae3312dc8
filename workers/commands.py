"""What `flask train`, `flask evaluate` and `flask process` do, for any system."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from contextlib import contextmanager
from importlib import import_module
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from app.cli import missing
from app.server.collector import freeze_heap
from workers.sdk.weights import WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

ROOT = Path(__file__).parent


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what is wrong with the user's files into one line instead of a traceback."""
    try:
        yield
    except (ValueError, OSError, WeightsError) as error:
        raise click.ClickException(str(error)) from error


def systems(module: str) -> list[str]:
    """Return the names of the systems that have a module, such as `train`."""
    return sorted(path.parent.name for path in ROOT.glob(f"*/{module}.py"))


@_plain_errors()
def train(system: str, data: Path, out: Path | None = None) -> None:
    """Fit a system's models into a folder and print the figures."""
    module = _module(system, "train")
    folder = out or ROOT / system / "weights" / module.VERSION
    _show_progress()
    with _made(folder):
        click.echo(_as_line(module.train(data, folder)))


def _show_progress() -> None:
    """Have stderr show what a training logs, since one may take hours."""
    shown = logging.StreamHandler()
    shown.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    ours = logging.getLogger(__package__)
    ours.handlers = [shown]
    ours.setLevel(logging.INFO)
    ours.propagate = False


@_plain_errors()
def evaluate(system: str, data: Path) -> None:
    """Print a system's figures on the data, the last line as one JSON object."""
    click.echo(_as_line(_module(system, "train", act="evaluate").evaluate(data)))


@_plain_errors()
def process(
    system: str,
    paths: Sequence[Path],
    out: Path | None = None,
    *,
    output_format: str,
    arguments: Mapping[str, Any],
) -> None:
    """Run a system over files into `out`, or to standard output, and say on stderr what was done.

    The system's function is handed those of `arguments` that are given; `options` are
    the system's own, by name. The exit code of a `Summary` becomes the command's.

    Raises:
        ClickException: `out` is one of the files, or the system has no such option.

    """
    run = _module(system, "process").process
    given = {name: value for name, value in arguments.items() if value is not None and value != {}}
    _check_arguments(system, run, given)
    _check_out(paths, out)
    freeze_heap()
    with TemporaryDirectory() as scratch:
        target = out or Path(scratch) / f"result.{output_format}"
        summary = run(list(paths), target, output_format=output_format, **given)
        click.echo(_as_line(summary), err=True)
        if out is None and target.exists():
            sys.stdout.buffer.write(target.read_bytes())
    if exit_code := getattr(summary, "exit_code", 0):
        sys.exit(exit_code)


@_plain_errors()
def chat(path: Path, questions: Sequence[str]) -> None:
    """Print the answers to questions about a file."""
    import_module("workers.accidents.chat.command").chat(path, questions)


def _check_arguments(system: str, run: Callable[..., Any], given: Iterable[str]) -> None:
    """Refuse what a system's function does not take."""
    taken = signature(run).parameters
    for name in given:
        if name not in taken:
            flag = "option" if name == "options" else name.replace("_", "-")
            raise click.ClickException(f"{system!r} takes no --{flag}")


def _check_out(paths: Sequence[Path], out: Path | None) -> None:
    """Refuse to write over what is to be read, however it is called."""
    for target in (out, out.with_name(f"{out.name}.part")) if out else ():
        for path in paths:
            if target.exists() and target.samefile(path):
                raise click.ClickException(f"{out} would be written over {path}; name another file with -o")


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Have a folder; what is made for a run that fails goes again."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if new:
            shutil.rmtree(new[-1])
        raise


def _module(system: str, name: str, *, act: str = "") -> Any:
    """Return a system's module.

    Raises:
        ClickException: there is no such system, or one of its packages is not installed.

    """
    if system not in systems(name):
        names = ", ".join(systems(name))
        raise click.ClickException(f"no system {system!r} to {act or name}; there are: {names}")
    try:
        return import_module(f"workers.{system}.{name}")
    except ModuleNotFoundError as error:
        raise click.ClickException(missing(error.name)) from error


def _as_line(figures: Any) -> str:
    return json.dumps(figures, ensure_ascii=False, allow_nan=False)
