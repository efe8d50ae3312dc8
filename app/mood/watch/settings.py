"""The file that says which folders are watched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from marshmallow import RAISE, Schema, ValidationError, fields, validate

MOST_BYTES = 100_000


@dataclass(frozen=True)
class Directory:
    """One folder, and which of its files are read."""

    path: Path
    patterns: tuple[str, ...]
    is_recursive: bool


@dataclass(frozen=True)
class WatchSettings:
    """Which folders are watched, and how."""

    directories: tuple[Directory, ...]
    debounce_s: float
    batch_size: int
    auto_process: bool
    owner: str


class DirectorySchema(Schema):
    """A folder of the file."""

    path = fields.String(required=True, validate=validate.Length(1, 4096))
    patterns = fields.List(
        fields.String(validate=validate.Length(1, 255)),
        load_default=lambda: ["*.json", "*.xml", "*.zip"],
        validate=validate.Length(1, 50),
    )
    recursive = fields.Boolean(load_default=False)


class ProcessingSchema(Schema):
    """How files are taken."""

    debounce_seconds = fields.Float(load_default=5.0, validate=validate.Range(0, 3600))
    batch_size = fields.Integer(load_default=10, validate=validate.Range(1, 1000))
    auto_process = fields.Boolean(load_default=True)


class WatchSchema(Schema):
    """The whole file."""

    watch_directories = fields.List(
        fields.Nested(DirectorySchema), required=True, validate=validate.Length(1, 100)
    )
    processing = fields.Nested(ProcessingSchema, load_default=lambda: ProcessingSchema().load({}))
    owner = fields.String(load_default="local", validate=validate.Length(1, 64))


def read_settings(path: Path) -> WatchSettings:
    """Return what a file says.

    Raises:
        ValueError: it is not YAML, or a member is not acceptable; the message names it.

    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8")[:MOST_BYTES])
        read: dict[str, Any] = WatchSchema(unknown=RAISE).load(document or {})
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not YAML: {error}") from error
    except ValidationError as error:
        raise ValueError(f"{path} is not acceptable: {error.messages}") from error
    processing = read["processing"]
    return WatchSettings(
        tuple(
            Directory(Path(each["path"]).absolute(), tuple(each["patterns"]), each["recursive"])
            for each in read["watch_directories"]
        ),
        processing["debounce_seconds"],
        processing["batch_size"],
        processing["auto_process"],
        read["owner"],
    )
