# SPDX-License-Identifier: EUPL-1.2
"""Where the events of a model are read: the public topic of a collectivity, or the internal one of all."""

from typing import Any, Final

_INTERNAL: Final = "parvis."


def topic_of(model: type[Any], collectivity: str | None = None) -> str:
    """The topic of a model; systems outside the deployment may read the public ones of their collectivity alone."""
    topic: str = model.TOPIC
    return topic if collectivity is None else f"parvis.public.{collectivity}.{topic.removeprefix(_INTERNAL)}"
