# SPDX-License-Identifier: EUPL-1.2
from collections.abc import Iterator

import pytest
from running_stack import RunningStack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The whole of Parvis, to be hurt and to recover."""
    # A mail whose relay was not heard of any more is sent again this long, and half a minute, after it was handed over.
    running = RunningStack(tmp_path_factory.mktemp("hurt"), PARVIS_NOTIFICATIONS_SMTP_ACCEPTANCE_SECONDS="5")
    running.start()
    yield running
    running.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "resilience":
            item.add_marker(pytest.mark.kafka)
