# SPDX-License-Identifier: EUPL-1.2
"""What became of the proposals made to a town, as an Atom feed (RFC 4287)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.cursor import Limit
from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, parts_of
from parvis_participation.db import accountability
from parvis_participation.db.accountability import Reported

routes = router(tags=["proposals"])
_ATOM: Final = "application/atom+xml"
_NAMES: Final = "http://www.w3.org/2005/Atom"
# RFC 4287 wants an instant even of a feed without an entry.
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
# What XML 1.0 has no way to write (section 2.2), not as a reference either.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TITLES: Final = {"fr": "Suites données aux propositions", "en": "What became of proposals"}
_PATH: Final = "/v1/collectivities/{collectivity}/proposal-milestones-feed"
register_namespace("", _NAMES)


@routes.get(
    _PATH,
    **public(),
    operation_id="followProposalMilestones",
    response_class=Response,
    responses=problems(400, 422) | {200: {"content": {_ATOM: {"schema": {"type": "string"}}}}},
)
async def feed(collectivity: Collectivity, request: Request, limit: Limit = 20) -> Response:
    """What became of the proposals made to a town, the last reported first: a feed for readers."""
    parts, language = parts_of(request), language_of(request)
    async with parts.runtime.database.reading() as session:
        found = await accountability.town_page(session, collectivity, None, limit)
    here = parts.runtime.settings.public_url + _PATH.format(collectivity=collectivity)
    headers = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language", "Content-Language": language}
    return Response(_feed(found.rows, here, language), media_type=f"{_ATOM}; charset=utf-8", headers=headers)


def _feed(found: Sequence[Reported], here: str, language: Language) -> bytes:
    root = Element(f"{{{_NAMES}}}feed")
    _text(root, "id", here)
    _text(root, "title", _TITLES[language])
    _text(root, "updated", _instant(max((each.created_at for each in found), default=_NEVER)))
    _text(SubElement(root, f"{{{_NAMES}}}author"), "name", here.split("/")[-2])
    SubElement(root, f"{{{_NAMES}}}link", {"rel": "self", "type": _ATOM, "href": here})
    for each in found:
        entry, proposal = SubElement(root, f"{{{_NAMES}}}entry"), here.rsplit("/", 1)[0] + "/proposals"
        _text(entry, "id", f"urn:uuid:{each.id}")
        _text(entry, "title", " – ".join(filter(None, [each.title, each.row.title[language]])))
        _text(entry, "updated", _instant(each.created_at))
        _text(entry, "summary", each.row.details[language])
        address = f"{proposal}/{each.row.proposal_id}"
        SubElement(entry, f"{{{_NAMES}}}link", {"rel": "alternate", "href": address})
        SubElement(entry, f"{{{_NAMES}}}category", {"term": each.row.outcome})
    return bytes(tostring(root, "utf-8", xml_declaration=True))


def _text(under: Element, name: str, text: str) -> None:
    SubElement(under, f"{{{_NAMES}}}{name}").text = _NOT_XML.sub("", text)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
