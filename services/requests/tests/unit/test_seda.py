# SPDX-License-Identifier: EUPL-1.2
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seda_rules import SEDA, faults

from parvis_requests.domain.seda import Act, ArchiveAccess, Dossier, FinalAction, Parties, Piece, manifest
from parvis_requests.service.zip_stream import ZipStream

NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)
PIECES = [Piece(f"content/{n}.pdf", "Pièce", "application/pdf", "0" * 128, n, NOW) for n in (1, 2)]


ACTS = (Act(1, "submit", "Dépôt", NOW), Act(2, "resolve", "Résoudre", NOW))
TOWN = Parties("paris", "paris", "paris")


def slip(
    title: str = "Cartons",
    kept_months: int | None = 24,
    *,
    parties: Parties = TOWN,
    final_action: FinalAction = FinalAction.KEEP,
    access: ArchiveAccess = ArchiveAccess.PRIVACY,
    acts: Sequence[Act] = ACTS,
    pieces: Sequence[Piece] = PIECES,
    received_on: date | None = None,
) -> ET.Element:
    ended_on, rules = date(2026, 11, 26), (kept_months, final_action, access)
    dossier = Dossier("m-1", parties, "Paris", "R-1", title, NOW, ended_on, *rules, acts, received_on)
    return ET.fromstring(manifest(dossier, pieces, NOW))  # noqa: S314 - of our own making


def rule(root: ET.Element, name: str) -> dict[str, str | None]:
    return {child.tag.removeprefix(SEDA): child.text for child in next(root.iter(f"{SEDA}{name}"))}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_slip_opens_whatever_stands_in_its_words(words: str) -> None:
    assert faults(slip(f"Demande {words}".replace("\n", " "))) == []


def test_what_was_entered_later_begins_with_the_day_of_its_reception() -> None:
    told = slip(received_on=date(2026, 11, 3))
    assert faults(told) == []
    days = [told.find(f".//{SEDA}Content/{SEDA}{name}") for name in ("ReceivedDate", "RegisteredDate", "StartDate")]
    texts = [day.text for day in days if day is not None]
    assert texts == ["2026-11-03", "2026-11-26T16:00:00.000+00:00", "2026-11-03"]
    assert slip().find(f".//{SEDA}ReceivedDate") is None


def test_a_type_without_retention_says_no_rule() -> None:
    assert faults(slip(kept_months=None)) == []
    assert rule(slip(kept_months=None), "AppraisalRule") == {"FinalAction": "Keep"}


def test_what_is_eliminated_is_so_after_its_retention() -> None:
    told = slip(final_action=FinalAction.DESTROY)
    assert faults(told) == []
    assert rule(told, "AppraisalRule") == {"Rule": "P24M", "StartDate": "2026-11-26", "FinalAction": "Destroy"}


@pytest.mark.parametrize(
    ("access", "code"),
    [(ArchiveAccess.OPEN, "AR038"), (ArchiveAccess.BUSINESS, "AR039"), (ArchiveAccess.PRIVACY, "AR048")],
)
def test_archives_are_closed_from_their_most_recent_document_on(access: ArchiveAccess, code: str) -> None:
    # On the clock of Paris it is the next day already.
    late = replace(PIECES[1], created_at=datetime(2027, 1, 3, 23, 30, tzinfo=UTC))
    told = slip(access=access, pieces=[late, PIECES[0]])
    assert faults(told) == []
    assert rule(told, "AccessRule") == {"Rule": code, "StartDate": "2027-01-04"}
    said = slip(access=access, acts=[Act(3, "reply", "Répondre", NOW + timedelta(days=10))])
    assert rule(said, "AccessRule") == {"Rule": code, "StartDate": "2026-12-06"}


def test_a_medical_secret_stays_closed_where_no_birth_is_known() -> None:
    told = slip(access=ArchiveAccess.MEDICAL)
    assert faults(told) == []
    assert rule(told, "AccessRule") == {"Rule": "AR061"}


def test_acts_are_told_in_the_order_of_time() -> None:
    acts = [Act(1, "submit", "Dépôt", NOW), Act(2, "take", "Prendre", NOW + timedelta(seconds=2))]
    acts += [Act(n, "reply", "Répondre", NOW + timedelta(seconds=1)) for n in (4, 3)]
    told = [event.text for event in slip(acts=acts).iter(f"{SEDA}EventIdentifier")]
    assert told == ["1", "3", "4", "2"]


def test_each_party_is_named_in_its_place() -> None:
    told = slip(parties=Parties("paris", "DVD", "FRAD075", "CONTRAT-7"))
    assert faults(told) == []
    assert told.findtext(f"{SEDA}ArchivalAgreement") == "CONTRAT-7"
    assert told.findtext(f"{SEDA}ArchivalAgency/{SEDA}Identifier") == "FRAD075"
    assert told.findtext(f"{SEDA}TransferringAgency/{SEDA}Identifier") == "paris"
    management = {"LegalStatus": "Public Archive", "OriginatingAgencyIdentifier": "DVD"}
    assert rule(told, "ManagementMetadata") == management | {"SubmissionAgencyIdentifier": "paris"}
    assert [*slip().iter(f"{SEDA}ArchivalAgreement")] == []


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
