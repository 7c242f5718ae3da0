# SPDX-License-Identifier: EUPL-1.2
"""A consultation from its opening to its counts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from parvis_local.demo.cast import TOWN
from parvis_local.demo.expecting import expect, same
from parvis_local.demo.story import Story

_OPTIONS: Final = {"morning": ("Le matin", "In the morning"), "evening": ("Le soir", "In the evening")}


def answer_consultation(story: Story) -> Iterator[str]:
    """An agent opens it; two citizens answer, one of them twice."""
    created = expect(story.agent.post("/v1/consultations", consultation_body()), 201).json()
    path = f"/v1/consultations/{created['id']}"
    tag = {"If-Match": f'"{created["version"]}"'}
    expect(story.agent.post(f"{path}/transitions", {"action": "publish"}, **tag), 201)
    public = f"/v1/collectivities/{TOWN}"
    shown = expect(story.stage.http.get(f"{public}{path.removeprefix('/v1')}"), 200).json()
    story.consultation = shown
    yield f"« {shown['question']} » {' / '.join(option['label'] for option in shown['options'])}"
    expect(story.citizen.post(f"{path}/answers", {"option": "evening"}), 201)
    twice = expect(story.citizen.post(f"{path}/answers", {"option": "morning"}), 409, "already-answered")
    yield f"answered; a second answer: {twice.status_code} « {twice.json()['title']} »"
    expect(story.neighbour.post(f"{path}/answers", {"option": "evening"}), 201)
    expect(story.stranger.get(f"{path}/results"), 404, "not-found")
    results = expect(story.agent.get(f"{path}/results"), 200).json()
    counts = {count["code"]: count["count"] for count in results["counts"]}
    same("the counts", counts, {"morning": 0, "evening": 2})
    yield f"counts: {counts}"


def consultation_body() -> dict[str, Any]:
    """A consultation with one question, open now for thirty days."""
    now = datetime.now(UTC)
    return {
        "title": {"fr": "Horaires du marché", "en": "Market hours"},
        "description": {"fr": "La Ville revoit les horaires du marché.", "en": "The town reviews the market's hours."},
        "question": {"fr": "Quand le marché doit-il ouvrir ?", "en": "When should the market open?"},
        "options": [{"code": code, "label": {"fr": fr, "en": en}} for code, (fr, en) in _OPTIONS.items()],
        "opens_at": (now - timedelta(minutes=1)).isoformat(),
        "closes_at": (now + timedelta(days=30)).isoformat(),
    }
