# SPDX-License-Identifier: EUPL-1.2
"""A town that lives by other clocks than those of Paris."""

from collections.abc import Iterator
from contextlib import contextmanager

from parvis_kit import clocks


@contextmanager
def paris_by(time_zone: str) -> Iterator[None]:
    """Have the town of the tests live by those clocks meanwhile."""
    clocks.configure({"paris": time_zone})
    try:
        yield
    finally:
        clocks.configure({})
