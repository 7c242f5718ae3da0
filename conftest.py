# SPDX-License-Identifier: EUPL-1.2
"""One PostgreSQL for a whole run of the tests, and the choice of the broker by the variable KAFKA.

With PARVIS_OLDEST_POSTGRES_BIN, the folder of the programs of the oldest PostgreSQL that Parvis runs on, the services'
schemas are made on that one, too, and all statements that the tests had the other carry out are planned there.
"""

import gc
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from parvis_local.apache_kafka import ApacheKafka
from parvis_local.broker import EmbeddedBroker
from parvis_local.postgres import EmbeddedPostgres

_SERVERS = pytest.StashKey[tuple[list[EmbeddedPostgres], Path]]()
# Durability against a power cut costs time and proves nothing here; a killed process loses nothing either way.
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_connections": "300"}

# A real Kafka looks every few minutes for what is to be dropped or compacted: here, twice a second.
_HASTY = {
    "log.retention.check.interval.ms": "500",
    "log.initial.task.delay.ms": "500",
    "log.cleaner.backoff.ms": "500",
}
_JOURNEYS = "tests/journeys/"
# As the services themselves have it; 700, as is usual, come with each call of one.
_OBJECTS_BETWEEN_COLLECTIONS = 20_000

# At each call over ASGI httpx asks for this, and an import that finds nothing looks through all folders each time.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class _ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Each file is one process's, and all journeys are: they share a stack of two dozen processes.

    As most tests come first, journeys do not begin when the other process is about to end, either.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _JOURNEYS if nodeid.startswith(_JOURNEYS) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    return _ByFile(config, log)


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or os.environ.get("PARVIS_TEST_POSTGRES") or config.option.collectonly:
        return
    folder = Path(tempfile.mkdtemp(prefix="parvis-test-"))
    server = EmbeddedPostgres(folder / "data", log=folder / "postgres.log", settings=_SETTINGS)
    server.start()
    os.environ["PARVIS_TEST_POSTGRES"] = server.url()
    config.stash[_SERVERS] = ([server], folder)
    if programs := os.environ.get("PARVIS_OLDEST_POSTGRES_BIN"):
        oldest = EmbeddedPostgres(
            folder / "oldest", log=folder / "oldest.log", settings=_SETTINGS, programs=Path(programs)
        )
        oldest.start()
        os.environ["PARVIS_TEST_OLDEST_POSTGRES"] = oldest.url()
        config.stash[_SERVERS][0].append(oldest)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _SERVERS in config.stash:
        servers, folder = config.stash[_SERVERS]
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while tests are collected, and never again among what they are made of: a million objects.

    To look among them over and over took each process a quarter of its time here.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
        gc.enable()


@pytest.fixture(scope="session")
def bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The broker that KAFKA names: the embedded one, or a real Apache Kafka; its address for clients."""
    folder = tmp_path_factory.mktemp("broker")
    apache = os.environ.get("KAFKA") == "apache"
    broker: ApacheKafka | EmbeddedBroker = (
        ApacheKafka(folder / "data", folder / "log", properties=_HASTY)
        if apache
        else EmbeddedBroker(folder / "address", folder / "log")
    )
    broker.start()
    yield broker.bootstrap_servers
    broker.stop()


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """All that was logged since the last call of it: our own lines, and the records of libraries, the finest too."""
    caplog.set_level(logging.DEBUG)

    def said() -> str:
        records = "\n".join(str(vars(record)) for record in caplog.records)
        caplog.clear()
        return capsys.readouterr().out + records

    return said


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With ``-m MARK`` only the files that name the mark are imported, or whose conftest.py gives it to their tests.

    To make the thousands of tests of all other files takes each process most of a minute.
    """
    mark, name = config.option.markexpr, collection_path.name
    if not (mark.isidentifier() and name.startswith("test_") and collection_path.suffix == ".py"):
        return None
    places = (collection_path, collection_path.with_name("conftest.py"))
    named = any(f"mark.{mark}" in place.read_text("utf-8") for place in places if place.exists())
    return None if named else True


def _absent() -> dict[str, str]:
    """The marks of tests that need what is not here, each with what brings it."""
    ci = os.environ.get("CI")
    slapd = shutil.which("slapd", path=f"{os.environ.get('PATH', '')}:/usr/sbin") and shutil.which("ldapsearch")
    there = {
        "apache": (os.environ.get("KAFKA") == "apache", "a real Apache Kafka: KAFKA=apache make test"),
        "independent": (os.environ.get("INDEPENDENT") == "1", "programs of others under node: make test-independent"),
        "oracle": (
            os.environ.get("ORACLES") == "1",
            "independent counts and published schemas: make test-counts",
        ),
        "browser": (ci or shutil.which("chromium"), "a browser: install the Debian package chromium"),
        "curl": (ci or shutil.which("curl"), "curl: install the Debian package curl"),
        "slapd": (ci or slapd, "an LDAP directory: install the Debian packages slapd and ldap-utils"),
    }
    return {marker: missing for marker, (here, missing) in there.items() if not here}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Some tests need what a newcomer's machine lacks; without it they are no part of the run, and its end says so.

    Continuous integration has all packages, and says so with CI: there, what lacks makes its tests fail.
    """
    absent = _absent()
    left_out = [item for item in items if any(item.get_closest_marker(marker) for marker in absent)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what a service said that runs as a process of its own."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if hasattr(value, "last_words"):
                report.sections.append((f"Log of {name}", value.last_words()))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for missing in _absent().values():
        terminalreporter.write_line(f"left out: tests with {missing}")
