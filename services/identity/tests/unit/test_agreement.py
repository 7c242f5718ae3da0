# SPDX-License-Identifier: EUPL-1.2
"""Two accounts are compared as registers are: what differs, what says less, what is not said."""

import pytest

from parvis_identity.domain.agreement import Agreement, compared
from parvis_identity.domain.errors import MergeImpossibleError
from parvis_identity.domain.merge import Reason, check_identity
from parvis_identity.domain.person import Identity
from parvis_identity.domain.pivot import Document

ANGELA = Identity(
    given_names="Angela Claire",
    family_name="Le Goff",
    gender="female",
    birth_date="1962-08-24",
    birth_place="75107",
    birth_country="99100",
)


def other(**changed: str | None) -> Identity:
    members = {name: getattr(ANGELA, name) for name in Identity.__dataclass_fields__}
    return Identity(**members | changed)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("family_name", "LE-GOFF", "same"),
        ("family_name", "Le Gall", "different"),
        ("given_names", "ANGÉLA", "compatible"),
        ("given_names", "Angela-Claire Louise", "compatible"),
        ("given_names", "Claire Angela", "different"),
        ("gender", None, "unknown"),
        ("gender", "male", "different"),
        ("birth_date", "1962-08", "compatible"),
        ("birth_date", "1962", "compatible"),
        ("birth_date", "1962-09", "different"),
        ("birth_date", "1962-08-25", "different"),
        ("birth_place", "75056", "different"),
        ("birth_place", None, "unknown"),
        ("birth_country", "99352", "different"),
    ],
)
def test_each_field_is_compared_both_ways(name: str, value: str | None, found: str) -> None:
    for comparison in (compared(ANGELA, other(**{name: value})), compared(other(**{name: value}), ANGELA)):
        assert comparison[name] == found
        assert {key for key, agreement in comparison.items() if agreement is not Agreement.SAME} <= {name}


def test_no_commune_is_compared_of_births_abroad() -> None:
    abroad = other(birth_country="99352", birth_place=None)
    assert compared(abroad, abroad)["birth_place"] is Agreement.SAME


@pytest.mark.parametrize(
    ("changed", "reason", "document", "refused"),
    [
        ({}, Reason.DUPLICATE, None, None),
        ({"family_name": "Durand"}, Reason.DUPLICATE, Document.PASSPORT, "names-differ"),
        ({"gender": "male"}, Reason.DUPLICATE, Document.PASSPORT, "names-differ"),
        ({"family_name": "Durand"}, Reason.CIVIL_STATUS_CHANGED, None, "document-needed"),
        ({"family_name": "Durand", "gender": "male"}, Reason.CIVIL_STATUS_CHANGED, Document.PASSPORT, None),
        ({"given_names": "Angela"}, Reason.DUPLICATE, None, "document-needed"),
        ({"given_names": "Angela", "birth_date": "1962"}, Reason.DUPLICATE, Document.PASSPORT, None),
        ({"birth_date": None}, Reason.DUPLICATE, None, "document-needed"),
        ({"birth_date": "1962-08-25"}, Reason.CIVIL_STATUS_CHANGED, Document.PASSPORT, "birth-differs"),
        ({"birth_place": "75056"}, Reason.CIVIL_STATUS_CHANGED, Document.PASSPORT, "birth-differs"),
        ({"birth_country": "99352"}, Reason.CIVIL_STATUS_CHANGED, Document.PASSPORT, "birth-differs"),
    ],
)
def test_what_must_be_shown_to_join_them(
    changed: dict[str, str | None], reason: Reason, document: Document | None, refused: str | None
) -> None:
    comparison = compared(ANGELA, other(**changed))
    if refused is None:
        check_identity(comparison, reason, document)
        return
    with pytest.raises(MergeImpossibleError) as caught:
        check_identity(comparison, reason, document)
    assert caught.value.reason == refused
