# SPDX-License-Identifier: EUPL-1.2
"""An alert through the whole stack: subscribed to by mail, approved by two, sent, answered on a page, and published."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from looking import faults, follow, opened_page
from playwright.sync_api import Browser, expect
from running_stack import RunningStack
from signing_in import address

from parvis_local.demo.cast import Stage
from parvis_local.demo.expecting import eventually
from parvis_local.demo.expecting import expect as answered

pytestmark = pytest.mark.browser
# A corner of the town of its own for each language: whoever subscribes elsewhere is not alerted.
CORNERS = {"fr": [2.4101, 48.8401], "en": [2.4201, 48.8501]}
SUBJECTS = {"fr": "Crue de la Seine", "en": "The Seine rises"}


def subscription(language: str, email: str) -> dict[str, Any]:
    return {
        "email": email,
        "language": language,
        "topics": [],
        "consents": [{"purpose": "emergency", "given": True, "words": "Oui."}],
        "places": [{"label": "Ici", "position": {"type": "Point", "coordinates": CORNERS[language]}}],
    }


def alert(language: str) -> dict[str, Any]:
    east, north = CORNERS[language]
    box = [[east + x, north + y] for x, y in ((-0.001, -0.001), (0.001, -0.001), (0.001, 0.001), (-0.001, 0.001))]
    return {
        "event": {"fr": "Inondation", "en": "Flood"},
        "category": "Met",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Observed",
        "texts": {each: {"subject": subject, "body": "48 h."} for each, subject in SUBJECTS.items()},
        "area_label": "Quais",
        "areas": [{"type": "Polygon", "coordinates": [[*box, box[0]]]}],
        "channels": ["email"],
        "expires_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
    }


def link(stage: Stage, email: str, path: str) -> str:
    """In the newest mail that has one that leads there."""

    def found() -> list[str]:
        ids = [mail["id"] for mail in stage.mails(email)]
        texts = [answered(stage.http.get(f"/simulators/mail/messages/{each}"), 200).json()["text"] for each in ids]
        return [each for text in texts for each in re.findall(rf"http\S+{path}\?\S+", text)]

    return str(eventually(f"a link to {path}", found)[0])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_alert_reaches_who_subscribed_and_their_answer_the_town(
    browser: Browser, stack: RunningStack, language: str
) -> None:
    email, found = f"{uuid4().hex}@example.org", []
    with stack.stage() as stage, opened_page(browser, language) as page:
        sophie, karim = stage.agent("sophie"), stage.agent("karim")
        answered(
            sophie.call(
                "PUT",
                f"/v1/news-topics/t{uuid4().hex[:8]}",
                b'{"label": {"fr": "Quais", "en": "Quays"}, "active": true}',
                **{"If-Match": '"0"', "Content-Type": "application/json"},
            ),
            200,
        )
        asked = stage.http.post(
            "/v1/collectivities/paris/subscriptions",
            json=subscription(language, email),
            headers={"Idempotency-Key": str(uuid4())},
        )
        answered(asked, 202)
        page.goto(link(stage, email, "/subscription"))
        found += faults(page, language)
        follow(page.locator("button").first)
        found += faults(page, language)
        drafted = answered(sophie.post("/v1/alerts", alert(language)), 201).json()
        path = f"/v1/alerts/{drafted['id']}"
        assert answered(sophie.get(f"{path}/coverage"), 200).json()["people"] == 1
        version = {"If-Match": '"1"'}
        answered(sophie.post(f"{path}/transitions", {"action": "approve"}, **version), 409, "second-agent-required")
        answered(karim.post(f"{path}/transitions", {"action": "approve"}, **version), 200)
        page.goto(link(stage, email, "/alert-answer"))
        expect(page.locator("h1")).to_have_text(SUBJECTS[language])
        found += faults(page, language)
        follow(page.locator("button").nth(1))
        found += faults(page, language)
        (told,) = answered(sophie.get(f"{path}/answers"), 200).json()["items"]
        assert (told["answer"], told["email"]) == ("help", email)
        cap = stage.http.get(f"{address(stack)}/v1/collectivities/paris/alerts/{drafted['id']}/cap")
        assert f"<headline>{SUBJECTS[language]}</headline>" in answered(cap, 200).text
        assert email not in (stack.layout.logs / "access.log").read_text("utf-8")
    assert found == []
