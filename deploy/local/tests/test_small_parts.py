# SPDX-License-Identifier: EUPL-1.2
import json
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from parvis_local import logs, ports
from parvis_local.errors import LocalError
from parvis_local.fingerprint import Done, fingerprint
from parvis_local.folder_lock import FolderLock
from parvis_local.ports import claim, free_ports, is_taken
from parvis_local.private_file import write_private
from parvis_local.probe import ask
from parvis_local.proc import Families, Identity, identify
from parvis_local.state import PartState, StackState, read_state, write_state


def test_a_fingerprint_changes_with_content_name_and_facts(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "versions" / "0001_first.py").write_text("one")
    first = fingerprint([folder], "fact")
    assert fingerprint([folder], "fact") == first
    (folder / "versions" / "ignored.pyc").write_text("x")
    assert fingerprint([folder], "fact") == first
    assert fingerprint([folder], "other") != first
    (folder / "versions" / "0001_first.py").write_text("two")
    assert fingerprint([folder], "fact") != first
    (folder / "versions" / "0001_first.py").write_text("one")
    (folder / "versions" / "0001_first.py").rename(folder / "versions" / "0002_first.py")
    assert fingerprint([folder], "fact") != first


def test_done_work_is_remembered_with_its_fingerprint(tmp_path: Path) -> None:
    Done(tmp_path / "done.json").note("migrate", "a")
    assert Done(tmp_path / "done.json").with_this("migrate", "a")
    assert not Done(tmp_path / "done.json").with_this("migrate", "b")
    assert not Done(tmp_path / "done.json").with_this("seed", "a")


def test_logs_of_the_last_run_are_put_aside_and_growing_ones_bounded(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("old\n")
    logs.begin_logs(tmp_path)
    assert (tmp_path / "api.log.1").read_text() == "old\n"
    with log.open("ab", buffering=0) as opened:
        opened.write(b"x" * 100)
        logs._bound(tmp_path, 50)  # noqa: SLF001 - the loop around it only waits
        opened.write(b"new")
    assert log.read_bytes() == b"new"
    assert (tmp_path / "api.log.1").read_bytes() == b"x" * 100


def test_free_ports_are_different_and_below_those_of_outgoing_connections() -> None:
    ports = free_ports(30)
    assert len(set(ports)) == 30
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(port < lowest for port in ports)
    with socket.create_server(("127.0.0.1", ports[0])):
        assert is_taken(ports[0])
    assert not is_taken(ports[1])


def test_a_port_is_given_to_one_process_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stacks that start at once choose before either of them listens."""
    choice = range(31_000, 31_040)
    monkeypatch.setattr(ports, "_RANGE", choice)
    ours = free_ports(5)
    script = "import sys; from parvis_local import ports; print([p for p in map(int, sys.argv[1:]) if ports.claim(p)])"
    asked = [sys.executable, "-c", script, *map(str, choice)]
    theirs = json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)
    assert not set(ours) & set(theirs)
    assert all(claim(port) for port in ours)


def test_a_private_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_private(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_private(path, "\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_lock_is_free_when_its_holder_lets_go(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path / "data"), FolderLock(tmp_path / "data")
    assert first.holder() is None
    first.hold()
    assert second.holder() == os.getpid()
    with pytest.raises(LocalError, match=rf"\({os.getpid()}\)"):
        second.hold()
    first.release()
    second.hold()
    second.release()


def test_a_state_that_another_version_wrote_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    parts = (PartState("api", "tcp:1", 1, Identity(1, 2)),)
    state = StackState(parts=parts, ports={"api": 1}, supervisor=Identity(3, 4))
    write_state(path, state)
    assert read_state(path) == state
    for text in ("", "[]", '{"parts": [{"unknown": 1}]}', '{"parts": [], "more": 1}'):
        path.write_text(text)
        assert read_state(path).parts == ()


def test_a_process_is_known_by_its_number_and_its_start() -> None:
    me = identify(os.getpid())
    assert me is not None
    assert me.is_alive()
    assert not Identity(me.pid, me.started - 1).is_alive()
    assert 0 <= me.uptime() < 3600
    assert Families().resident_bytes(os.getpid()) > 10_000_000


class _Health(BaseHTTPRequestHandler):
    checks: dict[str, str]

    def do_GET(self) -> None:
        fine = set(self.checks.values()) == {"ready"}
        self.send_response(200 if fine else 503)
        self.end_headers()
        self.wfile.write(json.dumps({"checks": self.checks}).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("checks", "state"),
    [
        ({"database": "ready"}, "ready"),
        ({"database": "ready", "consumer": "joining"}, "joining"),
        ({"database": "failed: OSError", "consumer": "joining"}, "starting"),
        ({"database": "migrations at None, not 0001"}, "starting"),
    ],
)
def test_readiness_of_a_service_is_what_its_checks_say(checks: dict[str, str], state: str) -> None:
    _Health.checks = checks
    with HTTPServer(("127.0.0.1", 0), _Health) as server:
        threading.Thread(target=server.handle_request).start()
        assert ask(f"http:{server.server_port}/readyz") == state


def test_what_does_not_listen_is_starting(tmp_path: Path) -> None:
    assert ask("tcp:1") == "starting"
    assert ask("http:1/readyz") == "starting"
    assert ask(f"postgres:{tmp_path}") == "starting"
    assert ask(f"file:{tmp_path}/none") == "starting"
