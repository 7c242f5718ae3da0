# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seda_rules import SEDA, faults

from parvis_requests.domain.seda import Act, Dossier, Piece, manifest
from parvis_requests.service.zip_stream import ZipStream

NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)
PIECES = [Piece(f"content/{n}.pdf", "Pièce", "application/pdf", "0" * 128, n, NOW) for n in (1, 2)]


def slip(title: str = "Cartons", kept_months: int | None = 24) -> ET.Element:
    acts = [Act(1, "submit", "Dépôt", NOW), Act(2, "resolve", "Résoudre", NOW)]
    dossier = Dossier("m-1", "paris", "Paris", "R-1", title, NOW, date(2026, 11, 26), kept_months, acts)
    return ET.fromstring(manifest(dossier, PIECES, NOW))  # noqa: S314 - of our own making


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_slip_opens_whatever_stands_in_its_words(words: str) -> None:
    assert faults(slip(f"Demande {words}".replace("\n", " "))) == []


def test_a_type_without_retention_says_no_rule() -> None:
    assert faults(slip(kept_months=None)) == []
    assert [*slip(kept_months=None).iter(f"{SEDA}Rule")] == []


@pytest.mark.parametrize("name", ["DataObjectPackage", "Uri", "FinalAction", "Title", "DataObjectGroupReferenceId"])
def test_the_rules_notice_what_lacks(name: str) -> None:
    root = slip()
    for parent in root.iter():
        for child in [child for child in parent if child.tag == f"{SEDA}{name}"]:
            parent.remove(child)
    assert faults(root)


def test_a_package_is_handed_on_entry_by_entry() -> None:
    stream = ZipStream()
    sizes = [len(stream.entry(f"{n}.jpg", bytes(1_000_000), NOW, deflate=False)) for n in range(3)]
    assert [size // 1_000_000 for size in sizes] == [1, 1, 1]
    assert len(stream.end()) < 1_000
