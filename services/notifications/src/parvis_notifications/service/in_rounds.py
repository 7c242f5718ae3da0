# SPDX-License-Identifier: EUPL-1.2
"""How a loop of the worker works: round after round while there is work, else until somebody rings."""

from collections.abc import Awaitable, Callable

from parvis_kit.logs import logger
from parvis_notifications.service.bell import Bell

_log = logger(__name__)


async def in_rounds(round_: Callable[[], Awaitable[bool]], bell: Bell, seconds: float, name: str, **known: str) -> None:
    """Have rounds made until cancelled; each says whether it found work, for there may be more then.

    A round that fails, most likely for want of the database, is logged as ``{name}_failed`` with what is ``known``;
    what it would have done waits there. After it, and after one that found nothing, so many seconds pass,
    or the bell rings.
    """
    while True:
        try:
            busy = await round_()
        except Exception as error:  # noqa: BLE001 - what waits does so in the database
            _log.warning(f"{name}_failed", **known, error=type(error).__name__)
            busy = False
        if not busy:
            await bell.wait(seconds)
