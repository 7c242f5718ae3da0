# SPDX-License-Identifier: EUPL-1.2
"""What happens in a room, as a homeserver of Matrix tells it: who comes and goes, and what is written.

https://spec.matrix.org/v1.15/client-server-api/#mroommember and #mroommessage. All else says nothing to a town.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from parvis_notifications.domain.inbound import LONGEST_TEXT, without_controls

# A notice is written by a program (#mnotice): to answer one would make a loop.
_WRITTEN: Final = frozenset({"m.text", "m.emote"})
_FILES: Final = frozenset({"m.image", "m.file", "m.audio", "m.video", "m.location"})
_GONE: Final = frozenset({"leave", "ban"})
_LONGEST_NAME: Final = 255
_LATEST: Final = 4_102_444_800_000
"""The year 2100."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody is in the room from now on, or is not."""

    room: str
    user: str
    there: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote; ``answers`` are the messages that it answers or replaces, the nearest first.

    ``left_out`` are names of files, which are not fetched. ``at`` is when their own homeserver says that it was.
    """

    room: str
    name: str
    sender: str
    text: str
    left_out: tuple[str, ...]
    answers: tuple[str, ...]
    at: datetime | None = None


def room_event(event: Any) -> Moved | Said | None:
    """None for what is of no interest, or is not as the specification has it."""
    if not isinstance(event, dict):
        return None
    content, room, sender = event.get("content"), _name(event.get("room_id")), _name(event.get("sender"))
    if not isinstance(content, dict) or room is None or sender is None:
        return None
    if event.get("type") == "m.room.member":
        user, membership = _name(event.get("state_key")), _name(content.get("membership"))
        known = user is not None and (membership == "join" or membership in _GONE)
        return Moved(room, user or "", membership == "join") if known else None
    name = _name(event.get("event_id"))
    if event.get("type") != "m.room.message" or name is None or "state_key" in event:
        return None
    said = _said(room, name, sender, content)
    return said and replace(said, at=_instant(event.get("origin_server_ts")))


def _said(room: str, name: str, sender: str, content: Mapping[str, Any]) -> Said | None:
    related = content.get("m.relates_to")
    related = related if isinstance(related, dict) else {}
    # An edit says again all that is written, in a place of its own (#event-replacements).
    new = content.get("m.new_content")
    shown = new if related.get("rel_type") == "m.replace" and isinstance(new, dict) else content
    kind, body = shown.get("msgtype"), shown.get("body")
    if not isinstance(kind, str) or not isinstance(body, str):
        return None
    words = without_controls(body)
    if kind in _FILES:
        return Said(room, name, sender, "", (words[:_LONGEST_NAME] or kind,), _answers(related))
    words = _unquoted(words) if "m.in_reply_to" in related else words
    if kind not in _WRITTEN or not words.strip():
        return None
    return Said(room, name, sender, words.strip()[:LONGEST_TEXT], (), _answers(related))


def _unquoted(words: str) -> str:
    """Without what older clients repeat of the message that is answered: lines that begin with ``>``."""
    lines = words.split("\n")
    if not lines[0].startswith("> <"):
        return words
    own = next((number for number, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[own:]).strip()


def _answers(related: Mapping[str, Any]) -> tuple[str, ...]:
    nearest = related.get("m.in_reply_to")
    found = [nearest.get("event_id") if isinstance(nearest, dict) else None]
    if _name(related.get("rel_type")) in {"m.thread", "m.replace"}:
        found.append(related.get("event_id"))
    return tuple(dict.fromkeys(name for each in found if (name := _name(each)) is not None))


def _instant(given: Any) -> datetime | None:
    """Of milliseconds since 1970 (#timestamps)."""
    known = isinstance(given, int) and 0 < given < _LATEST
    return datetime.fromtimestamp(given / 1_000, UTC) if known else None


def _name(given: Any) -> str | None:
    return given if isinstance(given, str) and 0 < len(given) <= _LONGEST_NAME and given.isprintable() else None
