# SPDX-License-Identifier: EUPL-1.2
"""Street reports of the shape of Paris's own: its categories as often as they came there, in its quarters."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shapely.geometry import Point, shape
from shapely.prepared import prep

from parvis_local.stack.data import DEMO
from parvis_requests.service.seed_catalogue import CatalogueRows, read_seed
from parvis_requests.service.type_definition import TypeDefinition

_FIRST: Final = datetime(2019, 1, 1, tzinfo=UTC)
_MINUTES: Final = 525_600
_WORDS: Final = ("devant", "le", "trottoir", "depuis", "mardi", "matelas", "près", "de", "l'école", "banc", "cassé")


def report_lines(count: int) -> Iterator[bytes]:
    """That many lines for ``parvis-requests import``, the same at each call."""
    # Not for secrets: the same reports again at each run.
    chance = random.Random(2019)  # noqa: S311
    paris = next(rows for rows in read_seed(DEMO / "requests.yaml") if rows.seed.collectivity == "paris")
    types, weights = _types(paris)
    quarters = [shape(area.geometry) for area in paris.areas if area.parent]
    prepared = [prep(quarter) for quarter in quarters]
    for number, definition in enumerate(chance.choices(types, weights, k=count)):
        code, form = definition
        which = chance.randrange(len(quarters))
        filed = _FIRST + timedelta(minutes=chance.randrange(_MINUTES))
        line = {
            "id": f"report-{number}",
            "request_type": code,
            "description": " ".join(chance.choices(_WORDS, k=15)),
            "answers": {name: _answer(asked, chance) for name, asked in form.items()},
            "position": {"type": "Point", "coordinates": _within(quarters[which], prepared[which], chance)},
            "address": f"{chance.randrange(1, 300)} rue de la Paix",
            "status": chance.choices(("submitted", "taken", "resolved"), (1, 1, 8))[0],
            "filed_at": filed.isoformat(),
            "contact": {"email": f"person-{number}@example.org"} if number % 3 == 0 else None,
        }
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _types(paris: CatalogueRows) -> tuple[list[tuple[str, dict[str, Any]]], list[int]]:
    published = json.loads((DEMO / "data" / "dansmarue_counts.json").read_text("utf-8"))
    counts = {sub["subtype"]: sub["count"] for kind in published["types"] for sub in kind["subtypes"]}
    found = [(code, one) for code, one in paris.types.items() if one.name.fr in counts]
    return [(code, _questions(one)) for code, one in found], [counts[one.name.fr] for _, one in found]


def _questions(definition: TypeDefinition) -> dict[str, Any]:
    questions: dict[str, Any] = definition.form.answers_schema["properties"]
    return questions


def _answer(asked: dict[str, Any], chance: random.Random) -> Any:
    if "enum" in asked:
        return chance.choice(asked["enum"])
    if asked["type"] == "boolean":
        return chance.random() < 0.5
    return chance.randint(asked.get("minimum", 0), asked.get("maximum", 100))


def _within(quarter: Any, prepared: Any, chance: random.Random) -> tuple[float, float]:
    west, south, east, north = quarter.bounds
    while True:
        place = round(chance.uniform(west, east), 6), round(chance.uniform(south, north), 6)
        if prepared.contains(Point(place)):
            return place
