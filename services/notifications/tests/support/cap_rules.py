# SPDX-License-Identifier: EUPL-1.2
"""What OASIS CAP 1.2 wants of a document (section 3.2): the order, number and values of its elements, and its notes."""

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element, fromstring

NS = "{urn:oasis:names:tc:emergency:cap:1.2}"
# Name, least and most times, in the order of the schema.
ALERT = [
    ("identifier", 1, 1), ("sender", 1, 1), ("sent", 1, 1), ("status", 1, 1), ("msgType", 1, 1), ("source", 0, 1),
    ("scope", 1, 1), ("restriction", 0, 1), ("addresses", 0, 1), ("code", 0, 99), ("note", 0, 1), ("references", 0, 1),
    ("incidents", 0, 1), ("info", 0, 99),
]  # fmt: skip
INFO = [
    ("language", 0, 1), ("category", 1, 99), ("event", 1, 1), ("responseType", 0, 99), ("urgency", 1, 1),
    ("severity", 1, 1), ("certainty", 1, 1), ("audience", 0, 1), ("eventCode", 0, 99), ("effective", 0, 1),
    ("onset", 0, 1), ("expires", 0, 1), ("senderName", 0, 1), ("headline", 0, 1), ("description", 0, 1),
    ("instruction", 0, 1), ("web", 0, 1), ("contact", 0, 1), ("parameter", 0, 99), ("resource", 0, 99), ("area", 0, 99),
]  # fmt: skip
AREA = [("areaDesc", 1, 1), ("polygon", 0, 99), ("circle", 0, 99), ("geocode", 0, 99), ("altitude", 0, 1)]
VALUES = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "scope": {"Public", "Restricted", "Private"},
    "category": {
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
    },
    "responseType": {
        "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None",
    },
    "urgency": {"Immediate", "Expected", "Future", "Past", "Unknown"},
    "severity": {"Extreme", "Severe", "Moderate", "Minor", "Unknown"},
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Unknown"},
}  # fmt: skip
# The pattern of the schema: an offset always, and never Z.
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")


def cap_faults(document: bytes) -> list[str]:
    """What is wrong with a document; nothing where it is valid."""
    root = fromstring(document)  # noqa: S314 - our own
    if root.tag != f"{NS}alert":
        return ["no alert"]
    return [*_sequence(root, ALERT), *_values(root), *_notes(root)]


def _sequence(node: Element, schema: list[tuple[str, int, int]]) -> Iterator[str]:
    names = [child.tag.removeprefix(NS) for child in node]
    known = [name for name, _, _ in schema]
    yield from (f"{name}: unknown" for name in names if name not in known)
    places = [known.index(name) for name in names if name in known]
    if places != sorted(places):
        yield f"{node.tag}: out of order"
    for name, least, most in schema:
        if not least <= names.count(name) <= most:
            yield f"{name}: {names.count(name)} times"
    for child in node:
        inner = {"info": INFO, "area": AREA}.get(child.tag.removeprefix(NS))
        if inner:
            yield from _sequence(child, inner)


def _values(root: Element) -> Iterator[str]:
    for node in root.iter():
        name, text = node.tag.removeprefix(NS), node.text or ""
        if name in VALUES and text not in VALUES[name]:
            yield f"{name}: {text}"
        if name in {"sent", "effective", "onset", "expires"}:
            if not INSTANT.fullmatch(text):
                yield f"{name}: {text}"
            datetime.fromisoformat(text)


def _notes(root: Element) -> Iterator[str]:
    for name in ("identifier", "sender"):
        if re.search(r"[\s,<&]", root.findtext(f"{NS}{name}") or " "):
            yield f"{name}: a space, a comma, < or &"
    for polygon in root.iter(f"{NS}polygon"):
        pairs = [tuple(map(float, pair.split(","))) for pair in (polygon.text or "").split(" ")]
        if len(pairs) < 4 or pairs[0] != pairs[-1]:
            yield "polygon: not four pairs that end where they begin"
        if any(abs(latitude) > 90 for latitude, _ in pairs):
            yield "polygon: longitude first"
    if root.findtext(f"{NS}msgType") in {"Update", "Cancel"} and root.find(f"{NS}references") is None:
        yield "references: none"
    for reference in (root.findtext(f"{NS}references") or "").split():
        sender, identifier, sent = reference.split(",")
        if not (sender and identifier and INSTANT.fullmatch(sent)):
            yield f"references: {reference}"
