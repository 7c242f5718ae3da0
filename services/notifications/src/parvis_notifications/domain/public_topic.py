# SPDX-License-Identifier: EUPL-1.2
"""How public topics are named: the collectivity first, so that one prefix lets a subscriber read what is its own."""

import re
from typing import Final

_COLLECTIVITY: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
_INTERNAL: Final = "parvis."
_PUBLIC: Final = "parvis.public."


def public_topic(topic: str, collectivity: str) -> str:
    """The public topic of one collectivity beside an internal topic.

    ``parvis.requests.request.v1`` of ``paris`` is ``parvis.public.paris.requests.request.v1``. Raises ValueError where
    the code is none of a collectivity: a dot in it would reach into another's topics.
    """
    if not _COLLECTIVITY.fullmatch(collectivity):
        raise ValueError("no code of a collectivity")
    return f"{_PUBLIC}{collectivity}.{topic.removeprefix(_INTERNAL)}"
