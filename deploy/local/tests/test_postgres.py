# SPDX-License-Identifier: EUPL-1.2
import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from parvis_local.errors import LocalError
from parvis_local.postgres import EmbeddedPostgres, PostgresError
from parvis_local.unprivileged import unprivileged

DURABLE_ENOUGH = {"shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "pg", log=tmp_path / "pg.log", settings=DURABLE_ENOUGH)
    server.start()
    yield server
    server.stop()


async def _write(server: EmbeddedPostgres, *values: int) -> None:
    connection = await asyncpg.connect(server.url())
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (value int PRIMARY KEY)")
    await connection.executemany("INSERT INTO kept VALUES ($1)", [(value,) for value in values])
    await connection.close()


async def _read(server: EmbeddedPostgres) -> list[int]:
    connection = await asyncpg.connect(server.url())
    rows = await connection.fetch("SELECT value FROM kept ORDER BY value")
    await connection.close()
    return [row["value"] for row in rows]


async def test_a_kill_loses_nothing_that_was_committed(server: EmbeddedPostgres) -> None:
    await _write(server, 1, 2)
    server.kill()
    server.start()
    assert await _read(server) == [1, 2]
    server.stop()
    server.start()
    assert await _read(server) == [1, 2]


async def test_a_start_waits_for_the_children_of_a_killed_server(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(server.url())
    child = connection.get_server_pid()
    before = len(server.log.read_text())
    os.kill(child, signal.SIGSTOP)
    try:
        server.kill()
        starting = asyncio.create_task(asyncio.to_thread(server.start))
        await asyncio.sleep(0.5)
        assert not starting.done()
    finally:
        os.kill(child, signal.SIGCONT)
    await starting
    assert "still in use" not in server.log.read_text()[before:]
    connection.terminate()


async def test_only_the_password_opens_it_and_only_its_owner_reads_the_password(server: EmbeddedPostgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://postgres:wrong@127.0.0.1:{server.port}/postgres")
    password_file = server.data.with_name("pg.password")
    assert password_file.stat().st_mode & 0o777 == 0o600
    assert password_file.read_text().strip() in server.url()
    assert server.data.stat().st_mode & 0o077 == 0


async def test_it_knows_french_words_and_sorts_by_code_point(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(server.url())
    assert await connection.fetchval("SELECT to_tsvector('french', 'l’arbre «tombé»')::text") == "'arbre':2 'tomb':3"
    rows = await connection.fetch("SELECT name FROM unnest(ARRAY['eva', 'Zoé', 'Élodie', 'Emma']) AS name ORDER BY 1")
    assert [row["name"] for row in rows] == ["Emma", "Zoé", "eva", "Élodie"]
    await connection.close()


async def test_personal_values_stay_out_of_the_log(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(server.url())
    await connection.execute("CREATE TABLE person (email text PRIMARY KEY)")
    for _ in range(2):
        try:
            await connection.execute("INSERT INTO person VALUES ($1)", "camille@example.fr")
        except asyncpg.UniqueViolationError:
            break
    await connection.close()
    log = server.log.read_text()
    assert "person_pkey" in log
    assert "camille" not in log


async def test_a_pid_file_that_names_an_innocent_process_stops_nobody(server: EmbeddedPostgres) -> None:
    await _write(server, 1)
    server.kill()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    innocent = subprocess.Popen(["sleep", "60"])  # noqa: ASYNC220
    pid_file.write_text("\n".join([str(innocent.pid), *lines[1:]]) + "\n")
    server.start()
    assert await _read(server) == [1]
    assert innocent.poll() is None
    innocent.kill()
    innocent.wait()


def test_one_process_holds_a_folder(server: EmbeddedPostgres) -> None:
    with pytest.raises(LocalError, match=rf"another process \({os.getpid()}\) uses"):
        EmbeddedPostgres(server.data, log=server.log).start()


def test_a_taken_port_is_told_with_the_servers_own_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = EmbeddedPostgres(tmp_path / "pg", log=tmp_path / "pg.log", port=taken.getsockname()[1])
        with pytest.raises(PostgresError, match="Address already in use"):
            server.start()
    assert server.pid is None


@pytest.fixture
def no_namespace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in an ordinary container, which forbids user namespaces."""
    bare = tmp_path / "bin"
    bare.mkdir()
    for name in ("setpriv", "true"):
        (bare / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(bare))
    unprivileged.cache_clear()
    yield
    unprivileged.cache_clear()


@pytest.mark.usefixtures("no_namespace")
async def test_in_a_container_it_runs_as_another_user_than_root_below_a_closed_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "pg", log=closed / "pg.log", settings=DURABLE_ENOUGH)
    server.start()
    await _write(server, 1)
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0  # noqa: ASYNC240
    server.stop()
    server.start()
    assert await _read(server) == [1]
    server.stop()
    assert closed.stat().st_mode & 0o777 == 0o700


def _start_and_be_killed(data: Path, log: Path) -> int:
    """Start a server in another process, kill that process, and return the server's process id."""
    program = textwrap.dedent(f"""
        import os, pathlib, signal
        from parvis_local.postgres import EmbeddedPostgres
        server = EmbeddedPostgres(pathlib.Path({str(data)!r}), log=pathlib.Path({str(log)!r}))
        server.start()
        print(server.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    starter = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=180, check=False)
    assert starter.returncode == -signal.SIGKILL, starter.stderr
    return int(starter.stdout)


def test_the_server_ends_when_whoever_started_it_is_killed(tmp_path: Path) -> None:
    pid = _start_and_be_killed(tmp_path / "pg", tmp_path / "pg.log")
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}/exe").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}/exe").exists()


def test_a_server_left_behind_is_stopped_by_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without setpriv in the path there is no leash, as on a machine that lacks it.
    bare = tmp_path / "bin"
    bare.mkdir()
    for name in ("unshare", "true"):
        (bare / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(bare))
    left_behind = _start_and_be_killed(tmp_path / "pg", tmp_path / "pg.log")
    os.kill(left_behind, 0)  # it runs on
    server = EmbeddedPostgres(tmp_path / "pg", log=tmp_path / "pg.log")
    server.start()
    assert server.pid != left_behind
    assert not Path(f"/proc/{left_behind}/exe").exists()
    server.stop()
