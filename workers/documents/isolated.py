"""One document analysed in a child process of its own, so that no file can harm more than itself."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from workers.documents.analysis import Options, analyse
from workers.documents.tree import FAILED, DocumentInfo, DocumentResult, Failure
from workers.sdk.child import die_with_parent, limit_memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TIMEOUT_S = 600
MEMORY_MB = 1536  # beyond what the child inherits; a page's image for OCR takes some 50
CHUNK = 1 << 20


def analyse_apart(
    path: Path,
    *,
    options: Options | None = None,
    timeout_s: int = TIMEOUT_S,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Return a document's tree in its JSON form; one that kills its reader or takes too long has failed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _child(path, writer, options, progress)
    os.close(writer)
    content = _read(reader, child, timeout_s)
    os.close(reader)
    _, status = os.waitpid(child, 0)
    if content is not None and os.waitstatus_to_exitcode(status) == 0:
        document: dict[str, Any] = json.loads(content)
        return document
    code = "timeout" if content is None else "document_damaged"
    detail = (
        f"reading took longer than {timeout_s} seconds"
        if content is None
        else "the file broke what reads it; save it anew and send that"
    )
    return DocumentResult(DocumentInfo(path.name, "", 0), FAILED, error=Failure(code, detail)).as_json()


def _child(
    path: Path, writer: int, options: Options | None, progress: Callable[[int, int], None] | None
) -> None:
    """Analyse, write the JSON and leave without the parent's clean-up."""
    code = 1
    try:
        die_with_parent()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        limit_memory(MEMORY_MB)
        result = analyse(path, options=options, progress=progress).as_json()
        with os.fdopen(writer, "wb") as stream:
            stream.write(json.dumps(result, ensure_ascii=False).encode())
        code = 0
    except BaseException as error:  # noqa: BLE001 - the parent says that it failed; the child must not go on
        sys.stderr.write(f"{path.name}: {type(error).__name__}\n")
    finally:
        os._exit(code)


def _read(reader: int, child: int, timeout_s: int) -> bytes | None:
    """Return what the child wrote; None, and the child killed, when the time is over."""
    parts: list[bytes] = []
    end = time.monotonic() + timeout_s
    while True:
        ready, _, _ = select.select([reader], [], [], max(end - time.monotonic(), 0))
        if not ready:
            os.kill(child, signal.SIGKILL)
            return None
        part = os.read(reader, CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)
