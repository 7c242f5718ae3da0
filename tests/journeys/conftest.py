# SPDX-License-Identifier: EUPL-1.2
from collections.abc import Iterator

import pytest
from exported_spans import ExportedSpans, exported_spans
from looking import opened_browser
from playwright.sync_api import Browser
from running_stack import RunningStack

_SHARED = pytest.StashKey[RunningStack]()


@pytest.fixture(scope="session")
def spans() -> Iterator[ExportedSpans]:
    """What the services of the stack export."""
    with exported_spans() as exported:
        yield exported


@pytest.fixture(scope="session")
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, spans: ExportedSpans
) -> Iterator[RunningStack]:
    """The stack of all journeys, started by the first that needs it."""
    telemetry = {"OTEL_EXPORTER_OTLP_ENDPOINT": spans.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "500"}
    # A stream that has nothing to tell says so soon, to whoever waits for its silence.
    brief = {"PARVIS_NOTIFICATIONS_INBOX_HEARTBEAT_SECONDS": "1"}
    # One agent tries each operation of another town, faster than any agent would.
    unhurried = {"PARVIS_RATE_REQUESTS": "3000"}
    running = RunningStack(tmp_path_factory.mktemp("stack"), **telemetry, **brief, **unhurried)
    request.config.stash[_SHARED] = running
    yield running
    running.stop()


@pytest.fixture(scope="module")
def stack(shared: RunningStack) -> RunningStack:
    """The whole of Parvis, for all tests that leave it running."""
    if not shared.is_running:
        shared.start()
    return shared


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """The stack ends with the last journey of a process that has other tests to run: idle it takes a quarter of a core.

    Where journeys come in turn with others it runs on, as each start takes longer than what it would save.
    """
    yield
    done = nextitem is None or nextitem.path.parent != item.path.parent
    if done and hasattr(item.config, "workerinput") and (running := item.config.stash.get(_SHARED, None)):
        running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


# What a page looks like and whom an operation refuses, no broker changes.
_OF_NO_BROKER = {"test_account_pages.py", "test_pages.py", "test_scoping.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "journeys" and item.path.name not in _OF_NO_BROKER:
            item.add_marker(pytest.mark.kafka)
