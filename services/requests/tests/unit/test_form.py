# SPDX-License-Identifier: EUPL-1.2
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from parvis_requests.domain.form import Condition, Document, conditional_schema, document_faults

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "animal": {"enum": ["dog", "cat", "none"]},
        "chip": {"type": "string"},
        "walks": {"type": "integer"},
    },
    "required": ["animal", "chip"],
    "additionalProperties": False,
}
PET = Condition("animal", ("dog", "cat"))
CONDITIONS = {"chip": PET, "walks": Condition("animal", ("dog",))}


@pytest.mark.parametrize(
    ("answers", "fits"),
    [
        ({"animal": "none"}, True),
        ({"animal": "dog", "chip": "1", "walks": 2}, True),
        ({"animal": "cat", "chip": "1"}, True),
        ({"animal": "dog"}, False),
        ({"animal": "none", "chip": "1"}, False),
        ({"animal": "cat", "chip": "1", "walks": 2}, False),
        ({"chip": "1"}, False),
    ],
)
def test_a_question_is_required_or_refused_as_its_condition_says(answers: dict[str, Any], fits: bool) -> None:
    assert Draft202012Validator(conditional_schema(SCHEMA, CONDITIONS)).is_valid(answers) is fits


@given(st.dictionaries(st.sampled_from(["animal", "chip", "walks"]), st.sampled_from(["dog", "none", 1, True])))
def test_without_conditions_the_schema_says_what_it_said(answers: dict[str, Any]) -> None:
    same = Draft202012Validator(conditional_schema(SCHEMA, {})).is_valid(answers)
    assert same is Draft202012Validator(SCHEMA).is_valid(answers)


def test_documents_are_asked_for_while_their_condition_holds() -> None:
    asked = [
        Document("identity", required=True),
        Document("vaccine", required=True, when=PET),
        Document("note", required=False),
    ]

    def told(answers: dict[str, Any], given: list[str]) -> list[tuple[str, str]]:
        return [(fault.code, fault.fault) for fault in document_faults(asked, answers, given)]

    assert told({"animal": "none"}, ["identity"]) == []
    assert told({"animal": "dog"}, ["identity"]) == [("vaccine", "missing")]
    assert told({"animal": "none"}, ["vaccine"]) == [("identity", "missing"), ("vaccine", "not-asked")]
    assert told({"animal": "cat"}, ["identity", "vaccine", "note", "other"]) == [("other", "not-asked")]


def test_in_json_true_is_not_one() -> None:
    assert not Condition("count", (1,)).holds({"count": True})
    assert Condition("count", (1,)).holds({"count": 1})
