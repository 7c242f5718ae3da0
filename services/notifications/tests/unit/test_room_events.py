# SPDX-License-Identifier: EUPL-1.2
"""Events of rooms hold what anybody wrote: nothing of it stops what comes after."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_notifications.domain.room_events import Moved, Said, room_event

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
_JSON = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
_IDS = st.sampled_from(["!r:x", "@a:x", "$e"]) | _JSON


def _holding(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(dict(members)) | _JSON


_RELATED = _holding(
    rel_type=st.sampled_from(["m.thread", "m.replace"]) | _JSON,
    event_id=_IDS,
    **{"m.in_reply_to": _holding(event_id=_IDS)},
)
_WORDS = {"msgtype": st.sampled_from(["m.text", "m.file", "m.notice"]) | _JSON, "body": st.text() | _JSON}
_CONTENT = _holding(
    membership=st.sampled_from(["join", "leave"]) | _JSON,
    **_WORDS,
    **{"m.relates_to": _RELATED, "m.new_content": _holding(**_WORDS)},
)
_OF_ALL = {"room_id": st.just("!r:x"), "sender": st.just("@a:x"), "event_id": st.just("$e"), "content": _CONTENT}
_EVENT = (
    st.fixed_dictionaries({"type": st.just("m.room.message"), **_OF_ALL})
    | st.fixed_dictionaries({"type": st.just("m.room.member"), "state_key": _IDS, **_OF_ALL})
    | _JSON
)


@given(_EVENT)
def test_whatever_an_event_holds_it_says_something_or_nothing(event: Any) -> None:
    found = room_event(json.loads(json.dumps(event)))
    assert found is None or isinstance(found, Moved | Said)


@pytest.mark.parametrize("odd", [["m.thread"], {"m.thread": 1}, None, 3])
def test_a_relation_of_no_kind_is_none(odd: Any) -> None:
    content = {"msgtype": "m.text", "body": "Oui", "m.relates_to": {"rel_type": odd, "event_id": "$o"}}
    event = {"type": "m.room.message", "room_id": "!r:x", "sender": "@a:x", "event_id": "$e", "content": content}
    assert room_event(event) == Said("!r:x", "$e", "@a:x", "Oui", (), ())
    moved = {"type": "m.room.member", "room_id": "!r:x", "sender": "@a:x", "state_key": "@a:x"}
    assert room_event(moved | {"content": {"membership": odd}}) is None
