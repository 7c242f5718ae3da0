# SPDX-License-Identifier: EUPL-1.2
"""A process is in the languages that its town speaks; what lacks one is told in another, and the answer says so."""

from typing import Any

import pytest
from participation_town import Town
from process_town import LIST, TEXT, phase, post, process_body, published

FRENCH = {"fr": "Texte"}


def spoken(**changes: Any) -> dict[str, Any]:
    links = [{"label": FRENCH, "url": "https://paris.example/plan.pdf"}]
    return {
        "title": FRENCH,
        "description": FRENCH,
        "links": links,
        "phases": [phase("now", -1) | {"title": FRENCH}],
    } | (changes)


async def test_what_a_process_lacks_is_told_in_its_first_language_and_the_answer_says_so(town: Town) -> None:
    french = await published(town, **spoken(languages=["fr"]))
    both = await published(town, **spoken(title=TEXT))
    said = []
    for process in (french, both):
        path = f"{LIST}/{process['id']}"
        for language in ("en", "fr"):
            shown = await town.client.get(path, headers={"Accept-Language": language})
            told = shown.json()
            said.append((shown.headers["content-language"], told["title"], told["phases"][0]["title"]))
    assert said == [
        ("fr", "Texte", "Texte"),
        ("fr", "Texte", "Texte"),
        ("en, fr", "Text", "Texte"),
        ("fr", "Texte", "Texte"),
    ]
    listed = await town.client.get(LIST, headers={"Accept-Language": "en"})
    assert listed.headers["content-language"] == "en, fr"
    assert [each["languages"] for each in listed.json()["items"]] == [["fr", "en"], ["fr"]]
    assert (french["title"], both["title"]) == (FRENCH, TEXT)


async def test_news_are_in_the_languages_of_the_process(town: Town) -> None:
    process, agent = await published(town, **spoken(languages=["fr"])), town.service.agent()
    for text, status in (({"en": "Text"}, 422), (TEXT, 422), (FRENCH, 201)):
        told = await post(town, agent, f"/{process['id']}/news", {"title": FRENCH, "text": text})
        assert told.status_code == status, text
    ada = town.service.citizen().headers | {"Accept-Language": "en"}
    for path in (f"{LIST}/{process['id']}/news", f"/v1/visible-processes/{process['id']}/news"):
        shown = await town.client.get(path, headers=ada)
        assert (shown.headers["content-language"], shown.json()["items"][0]["text"]) == ("fr", "Texte"), path


@pytest.mark.parametrize(
    "changes",
    [
        {"languages": ["fr"], "title": TEXT},
        {"languages": ["en", "fr"], "title": TEXT},
        {"languages": ["fr", "fr"]},
        {"title": {}},
        {"description": {"en": "Text"}},
        {"phases": [phase("now", -1) | {"title": {"en": "Text"}}]},
        {"links": [{"label": {}, "url": "https://paris.example/plan.pdf"}]},
        {"languages": []},
    ],
)
async def test_each_text_is_in_the_first_language_and_in_no_other_than_those(
    town: Town, changes: dict[str, Any]
) -> None:
    answer = await post(town, town.service.agent(), "", process_body(**spoken(**changes)))
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
