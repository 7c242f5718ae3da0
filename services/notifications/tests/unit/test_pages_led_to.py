# SPDX-License-Identifier: EUPL-1.2
"""Where messages of participation lead without a portal: to pages that there are."""

from pathlib import Path

from documents import read_document

from parvis_notifications.domain.topic import KINDS, THREADS

_CONTRACT = Path(__file__).parents[4] / "contracts" / "openapi" / "participation.v1.yaml"


def test_whatever_a_message_leads_to_has_a_page() -> None:
    schemas = read_document(_CONTRACT)["components"]["schemas"]
    assert set(KINDS.values()) == set(schemas["PageKind"]["enum"])
    assert set(THREADS.values()) == set(schemas["ThreadKind"]["enum"])
