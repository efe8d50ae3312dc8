"""What both gunicorns need before they load an application: checked settings, and lines in JSON."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

from gunicorn.glogging import Logger

from app.config import Settings
from app.setting_values import SettingError
from app.telemetry.masking import MaskedStream, mask


def checked_settings() -> Settings:
    """Return the settings; end with one line where a server would not start with them, or be unsafe."""
    MaskedStream.install()
    try:
        settings = Settings.read()
        settings.check_serving()
    except SettingError as error:
        sys.exit(f"Error: {error}")
    return settings


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with the keys of the application's own lines."""

    converter = time.gmtime  # type: ignore[assignment]

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one record."""
        line = {
            "process": self._process,
            "event": mask(record.getMessage()),
            "level": record.levelname.lower(),
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
        }
        if record.exc_info:
            line["exception"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class JsonLogger(Logger):  # type: ignore[misc]
    """Gunicorn's logger in JSON.

    Not `logconfig_dict`: with that, gunicorn prepares every request for an access log.
    """

    process = "web"

    def setup(self, cfg: Any) -> None:
        """Set gunicorn's logger up, then change how its lines look."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter(self.process))
