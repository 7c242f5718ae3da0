# SPDX-License-Identifier: EUPL-1.2
"""Our slips are valid by the schemas of SEDA 2.1 as the SIAF published them.

They name no licence, so that none of them is copied here: `make oracles` installs a package that carries them.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st
from seda_rules import faults

from parvis_requests.domain.seda import Act, ArchiveAccess, Dossier, FinalAction, Parties, Piece, manifest

pytestmark = pytest.mark.oracle
INSTALLED = Path(__file__).parents[4] / ".oracles" / "lib"
NOW = datetime(2026, 11, 26, 16, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50).map(lambda words: f"Demande {words}")
PIECES = st.lists(
    st.builds(
        Piece,
        st.integers(1, 10**6).map("content/{}.pdf".format),
        WORDS,
        st.sampled_from(["application/pdf", "image/jpeg", "application/vnd.oasis.opendocument.text"]),
        st.just("0" * 128),
        st.integers(1, 10**9),
        st.just(NOW),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda piece: piece.path,
)
DOSSIERS = st.builds(
    Dossier,
    st.uuids().map(str),
    st.builds(
        Parties,
        st.sampled_from(["paris", "saint-denis"]),
        st.sampled_from(["DVD", "21750001600019"]),
        st.just("FRAD075"),
        st.none() | st.just("CONTRAT-7"),
    ),
    WORDS,
    st.just("R-2026-0001"),
    WORDS,
    st.just(NOW),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.none() | st.integers(1, 1_200),
    st.sampled_from(FinalAction),
    st.sampled_from(ArchiveAccess),
    st.lists(st.builds(Act, st.integers(1, 999), st.just("submit"), WORDS, st.just(NOW)), max_size=3),
)


@cache
def schema() -> xmlschema.XMLSchema:
    found = [*INSTALLED.glob("python*/site-packages/cubicweb_seda/xsd/seda-2.1-main.xsd")]
    if not found:
        pytest.fail("the published schemas are missing: run `make oracles`")
    return xmlschema.XMLSchema(found[0].as_uri(), allow="local")


@given(DOSSIERS, PIECES)
@settings(deadline=None, max_examples=50, derandomize=True)
def test_each_slip_is_valid_by_the_published_schemas(dossier: Dossier, pieces: list[Piece]) -> None:
    slip = ET.fromstring(manifest(dossier, pieces, NOW))  # noqa: S314 - of our own making
    assert [error.reason for error in schema().iter_errors(slip)] == []
    assert faults(slip) == []


def test_our_rules_refuse_what_the_schemas_refuse() -> None:
    acts = [Act(1, "submit", "Dépôt", NOW), Act(2, "resolve", "Résoudre", NOW)]
    pieces = [Piece(f"content/{n}.pdf", "Pièce", "application/pdf", "0" * 128, n, NOW) for n in (1, 2)]
    parties, rules = Parties("paris", "DVD", "FRAD075", "CONTRAT-7"), (24, FinalAction.KEEP, ArchiveAccess.PRIVACY)
    dossier = Dossier("m-1", parties, "Paris", "R-1", "Cartons", NOW, date(2026, 11, 26), *rules, acts)
    written = manifest(dossier, pieces, NOW)
    spoilt = [slip for place in range(len([*ET.fromstring(written).iter()])) for slip in spoiled(written, place)]  # noqa: S314
    refused = [slip for slip in spoilt if not schema().is_valid(slip)]
    assert len(refused) > 50
    assert [ET.tostring(slip) for slip in refused if not faults(slip)] == []


def spoiled(written: bytes, place: int) -> Iterator[ET.Element]:
    """The slip without each child of the element at that place, and with each child behind the next one."""
    for index in range(len([*ET.fromstring(written).iter()][place])):  # noqa: S314 - of our own making
        for places_on in (None, 1):
            slip = ET.fromstring(written)  # noqa: S314
            parent = [*slip.iter()][place]
            moved = parent[index]
            parent.remove(moved)
            if places_on:
                parent.insert(index + places_on, moved)
            yield slip
