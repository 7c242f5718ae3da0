# SPDX-License-Identifier: EUPL-1.2
from typing import Any

import pytest

from parvis_requests.domain.facets import closed_answers

SCHEMA: dict[str, Any] = {
    "properties": {
        "urgent": {"type": "boolean"},
        "children": {"type": "integer"},
        "income": {"type": "number"},
        "about": {"type": "string"},
        "meal": {"enum": ["pork-free", "vegetarian", 3]},
        "school": {"oneOf": [{"const": "north", "title": "Nord"}, {"const": "south", "title": "Sud"}]},
        "days": {"type": "array", "items": {"enum": ["mon", "tue"]}},
        "notes": {"type": "array", "items": {"type": "string"}},
        "home": {"type": "object", "properties": {"floor": {"type": "integer"}, "name": {"type": "string"}}},
    }
}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"urgent": True}, [("urgent", "true")]),
        ({"urgent": False, "children": 0}, [("urgent", "false"), ("children", "0")]),
        ({"income": 1200.5, "about": "my name", "notes": ["a name"]}, []),
        ({"meal": "vegetarian", "school": "south"}, [("meal", "vegetarian"), ("school", "south")]),
        ({"meal": "something else"}, []),
        ({"days": ["mon", "tue"]}, [("days", "mon"), ("days", "tue")]),
        ({"home": {"floor": 3, "name": "Dupont"}}, [("home.floor", "3")]),
        ({"not_in_the_form": "x"}, []),
    ],
)
def test_only_answers_of_a_closed_set_can_be_found_by(answers: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert list(closed_answers(SCHEMA, answers)) == found
