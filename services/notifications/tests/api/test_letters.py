# SPDX-License-Identifier: EUPL-1.2
"""Letters: what they say, where their address stands, and that they can be archived and read aloud."""

import io
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from notifications_post import Post
from notifications_templates import PATH, Desk
from pypdf import PdfReader

from parvis_notifications.outgoing import letter_pdf
from parvis_notifications.service.templates import spoken_day

ADDRESS = ["Mme Zoé Lefèvre", "12 bis, rue de l'Église", "75011 Paris"]
VALUES = {"prénom": "Zoé", "numéro": "4012"}
_MM = 25.4 / 72


class Clerk:
    def __init__(self, post: Post) -> None:
        self.post, self.desk = post, Desk(post, post.service.agent())

    async def write(self, template: str, **changes: Any) -> Any:
        body = {"address_lines": ADDRESS, "personalisation": VALUES, "sender_lines": ["Bibliothèque"]} | changes
        return await self.post.client.post(f"{PATH}/{template}/letters", json=body, headers=self.desk.agent.headers)

    async def pdf(self, template: str, **changes: Any) -> PdfReader:
        answer = await self.write(template, **changes)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
        assert answer.headers["cache-control"] == "no-store"
        return PdfReader(io.BytesIO(answer.content))


@pytest.fixture
def clerk(post: Post) -> Clerk:
    return Clerk(post)


def places(pdf: PdfReader) -> dict[str, tuple[float, float]]:
    """Where each piece of text begins on the first page, in millimetres from the left and from the top."""
    page, found = pdf.pages[0], {}
    height = float(page.mediabox.height)

    def look(text: str, cm: Any, tm: Any, _font: Any, _size: Any) -> None:
        x, y = cm[0] * tm[4] + cm[2] * tm[5] + cm[4], cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
        if text.strip():
            found[text.strip()] = (x * _MM, (height - y) * _MM)

    page.extract_text(visitor_text=look)
    return found


async def test_a_letter_says_what_its_template_says_to_whom_it_goes(clerk: Clerk) -> None:
    pdf = await clerk.pdf(await clerk.desk.published())
    text = pdf.pages[0].extract_text()
    for said in ("Ville de Paris", "Bibliothèque", "Mme Zoé Lefèvre", "12 BIS RUE DE L EGLISE", "75011 PARIS"):
        assert said in text
    assert "Votre carte 4012" in text
    assert "Bonjour Zoé," in text
    assert re.search(r"\d{1,2}(er)? \w+ 20\d\d", text)
    page = pdf.pages[0].mediabox
    assert (round(float(page.width) * _MM), round(float(page.height) * _MM)) == (210, 297)


@pytest.mark.parametrize("clock", ["Pacific/Kiritimati", "Pacific/Niue"])
async def test_it_bears_the_day_that_the_town_has(clerk: Clerk, monkeypatch: pytest.MonkeyPatch, clock: str) -> None:
    """The two are never on the same day."""
    monkeypatch.setitem(clerk.post.service.runtime.settings.time_zones, "paris", clock)
    template = await clerk.desk.published()
    days = [datetime.now(ZoneInfo(clock)).date()]
    text = (await clerk.pdf(template)).pages[0].extract_text()
    days.append(datetime.now(ZoneInfo(clock)).date())
    assert any(spoken_day(day, "fr") in text for day in days)


async def test_it_is_pdf_a_and_pdf_ua_with_all_its_fonts(clerk: Clerk) -> None:
    pdf = await clerk.pdf(await clerk.desk.published(), language="en")
    root: Any = pdf.trailer["/Root"]
    told = root["/Metadata"].get_data().decode()
    assert re.findall(r"pdf(?:a|ua)id:\w+>([^<]+)<", told) == ["3", "A", "1"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == (
        "en",
        True,
        True,
    )
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Your card 4012"
    kinds = set(re.findall(r"'/S': '/(\w+)'", repr(_tree(root["/StructTreeRoot"]))))
    assert {"Document", "H1", "P"} <= kinds
    for font in pdf.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]
        (inner,) = font.get_object()["/DescendantFonts"]
        assert {"/FontFile2", "/FontFile3"} & set(inner.get_object()["/FontDescriptor"])
    assert "/JavaScript" not in repr(root)


def _tree(node: Any, depth: int = 0) -> Any:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [_tree(each, depth + 1) for each in node]
    if isinstance(node, dict) and depth < 20:
        return {"/S": str(node.get("/S")), "/K": _tree(node["/K"], depth + 1)} if "/K" in node else {}
    return None


async def test_the_address_stands_in_the_window(clerk: Clerk) -> None:
    pdf = await clerk.pdf(await clerk.desk.published(), address_lines=["M" * 38, *"abcd", "12345 " + "W" * 32])
    longest = [place for text, place in places(pdf).items() if text in {"M" * 38, "12345 " + "W" * 32}]
    assert len(longest) == 2
    for x, y in longest:
        assert 109.5 <= x <= 110.5
        assert 55 <= y <= 88
    # 38 signs of 9 points whose width is six tenths of that.
    assert 38 * 9 * 0.602 * _MM <= 85


async def test_values_are_words_and_never_markup(clerk: Clerk) -> None:
    pdf = await clerk.pdf(
        await clerk.desk.published(), personalisation={"prénom": '#panic("x") *a* $b$ <c> \\u{41} @d', "numéro": "7"}
    )
    assert '#panic("x") *a* $b$ <c>' in pdf.pages[0].extract_text().replace("“", '"').replace("”", '"')


async def test_a_long_letter_goes_on_overleaf_with_numbers(clerk: Clerk) -> None:
    template = await clerk.desk.published(
        texts={"fr": {"subject": "S", "body": "((prénom)) ((numéro))\n\n" + "Un paragraphe assez long. \n\n" * 120}}
    )
    pdf = await clerk.pdf(template)
    assert len(pdf.pages) > 1
    assert f"2 / {len(pdf.pages)}" in pdf.pages[1].extract_text()


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"address_lines": ["Zoé", "1000 Bruxelles"]}, "/address_lines", "address-town"),
        ({"address_lines": ["Zoé", "x" * 39, "75001 Paris"]}, "/address_lines", "address-length"),
        ({"personalisation": {"prénom": "Zoé"}}, "/personalisation/numéro", "missing-value"),
    ],
)
async def test_what_cannot_be_sent_is_refused(clerk: Clerk, changes: Any, pointer: str, code: str) -> None:
    answer = await clerk.write(await clerk.desk.published(), **changes)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_drafts_and_templates_of_other_towns_make_no_letters(clerk: Clerk) -> None:
    draft = await clerk.desk.write()
    assert (await clerk.write(draft.json()["id"])).status_code == 404
    published = await clerk.desk.published(name="Autre")
    stranger = Clerk(clerk.post)
    stranger.desk = Desk(clerk.post, clerk.post.service.agent("lutece"))
    assert (await stranger.write(published)).status_code == 404


async def test_where_no_pdf_can_be_made_the_caller_may_come_again(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = await clerk.desk.published()
    monkeypatch.setattr(letter_pdf, "_PROGRAM", ("-c", "import sys; sys.exit(3)"))
    answer = await clerk.write(template)
    assert (answer.status_code, answer.json()["code"]) == (503, "service-unavailable")
    assert int(answer.headers["retry-after"]) > 0
