# SPDX-License-Identifier: EUPL-1.2
"""The languages in which a town writes, who chooses one, and what they are told in."""

import io
from uuid import UUID

import pytest
from notifications_languages import ARABIC, BRETON, GERMAN, LANGUAGES, offer, receipts, wish
from notifications_letters import Letters
from notifications_post import Post, merged
from notifications_rings import Rings
from notifications_sink import form
from notifications_templates import PATH, Desk
from notifications_town import Town, wishes
from pypdf import PdfReader

from parvis_local.lettersink.store import Letter
from parvis_notifications.domain.occasions import OCCASIONS

PUBLIC = "/v1/collectivities/paris/message-languages"


def printed(letter: Letter) -> str:
    return PdfReader(io.BytesIO(letter.documents[0].content)).pages[0].extract_text()


@pytest.fixture
def desk(post: Post) -> Desk:
    return Desk(post, post.service.agent())


async def test_a_town_says_in_what_it_writes_and_anybody_reads_it(desk: Desk) -> None:
    first = await desk.post.get(desk.agent, LANGUAGES)
    assert (first.headers["etag"].startswith('"0-'), first.json()["languages"]) == (True, [])
    assert [each["language"] for each in first.json()["items"]] == ["fr", "en"]
    said = await offer(desk.post, desk.agent, "de", "ar", "fr", "de")
    assert (said.status_code, said.json()["languages"]) == (200, ["ar", "de"])
    shown = (await desk.post.client.get(PUBLIC)).json()["items"]
    assert shown[2:] == [
        {"language": "ar", "name": "العربية", "direction": "rtl"},
        {"language": "de", "name": "Deutsch", "direction": "ltr"},
    ]
    other = await desk.post.client.get("/v1/collectivities/lutece/message-languages")
    assert [each["language"] for each in other.json()["items"]] == ["fr", "en"]
    tag = said.headers["etag"]
    assert (await desk.post.get(desk.agent, LANGUAGES, **{"If-None-Match": tag})).status_code == 304
    stale = {"If-Match": '"0"'} | desk.agent.headers
    assert (await desk.post.client.put(LANGUAGES, json={"languages": []}, headers=stale)).status_code == 412
    unknown = await offer(desk.post, desk.agent, "de", "qq", "br")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/languages/1")
    assert (await offer(desk.post, desk.agent, "Deutsch")).status_code == 422


async def test_the_town_sees_for_what_it_lacks_words(desk: Desk) -> None:
    await offer(desk.post, desk.agent, "de", "de-AT", "br")
    before = await desk.post.get(desk.agent, LANGUAGES)
    await receipts(desk, de=GERMAN)
    after = await desk.post.get(desk.agent, LANGUAGES)
    assert before.headers["etag"] != after.headers["etag"]
    lacking = {each["language"]: each["missing_occasions"] for each in after.json()["items"]}
    assert [len(lacking[each]) for each in ("fr", "en", "de", "de-AT", "br")] == [
        *(0, 0),
        *(len(OCCASIONS) - 1, len(OCCASIONS) - 1, len(OCCASIONS)),
    ]
    assert "request-submitted" not in lacking["de-AT"]
    items = (await desk.post.get(desk.agent, "/v1/message-occasions")).json()["items"]
    missing = {each["occasion"]: each["missing_languages"] for each in items}
    assert (missing["request-submitted"], missing["request-taken"]) == (["br"], ["br", "de", "de-AT"])


async def test_somebody_is_told_in_the_language_that_they_chose(desk: Desk) -> None:
    post, reader = desk.post, desk.post.person()
    refused = await wish(post, reader, "de")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "language-not-offered")
    assert "fr, en." in refused.json()["detail"]
    await offer(post, desk.agent, "de", "ar")
    assert (await wish(post, reader, "de")).json()["language"] == "de"
    await receipts(desk, de=GERMAN, ar=ARABIC)
    await post.told(reader, reference="R-2026-7KQ4-XM7")
    await post.told(reader, "taken")
    taken, receipt = (await post.get(reader, "/v1/inbox-messages")).json()["items"]
    assert (receipt["language"], receipt["subject"]) == ("de", "Eingegangen: R-2026-7KQ4-XM7")
    assert (taken["language"], "prise en charge" in taken["subject"]) == ("fr", True)
    await post.send_mails()
    mail = next(each for each in post.sink.mails() if each["Subject"].startswith("Eingegangen"))
    html = form(mail, "html")
    assert mail["Content-Language"] == "de, fr"
    assert '<html lang="de">' in html
    assert "Am 3. März 2026 ist" in html
    assert '<span lang="fr" dir="ltr">' in html
    assert '<p lang="fr" dir="ltr">Sans décision expresse' in html
    assert '<footer lang="fr" dir="ltr"' in html
    french = next(each for each in post.sink.mails() if "prise en charge" in each["Subject"])
    assert (french["Content-Language"], "lang" in form(french, "html").partition("<body")[2]) == ("fr", False)
    arab = post.person(email="amina@example.org")
    await wish(post, arab, "ar")
    await post.told(arab)
    await post.send_mails()
    assert '<html lang="ar" dir="rtl">' in form(post.sink.mails()[-1], "html")


async def test_who_chose_a_language_that_is_withdrawn_keeps_the_wish_and_is_told_all_the_same(desk: Desk) -> None:
    post, reader, late = desk.post, desk.post.person(), desk.post.person()
    await offer(post, desk.agent, "de-AT")
    assert (await wish(post, reader, "de-AT")).status_code == 200
    made = await receipts(desk, de=GERMAN)
    await offer(post, desk.agent)
    assert (await wish(post, late, "de-AT")).status_code == 422
    assert (await wish(post, reader, "de-AT")).status_code == 200
    await post.told(reader)
    path = f"{PATH}/{made.json()['id']}"
    tag = (await post.get(desk.agent, path)).headers["etag"]
    assert (await post.client.delete(path, headers=desk.agent.headers | {"If-Match": tag})).status_code == 204
    await post.told(reader)
    items = (await post.get(reader, "/v1/inbox-messages")).json()["items"]
    assert [each["language"] for each in items] == ["fr", "de"]


async def test_own_words_that_cannot_be_used_make_way_with_days_as_french_has_them(desk: Desk) -> None:
    post, reader = desk.post, desk.post.person()
    await offer(post, desk.agent, "de")
    await wish(post, reader, "de")
    await receipts(desk, de=GERMAN)
    broken = """{"subject": "x", "body": "((received)) ((service))"}"""
    await post.pool.execute(
        "UPDATE message_template_version SET content = jsonb_set(content, '{texts,de}', $1::jsonb)", broken
    )
    await post.told(reader)
    (message,) = (await post.get(reader, "/v1/inbox-messages")).json()["items"]
    body = (await post.get(reader, f"/v1/inbox-messages/{message['id']}")).json()["body"]
    assert (message["language"], "3 mars 2026" in body, "März" in body) == ("fr", True, False)


async def test_calls_are_in_the_language_or_in_french_where_no_voice_speaks_it(rings: Rings) -> None:
    post, desk = rings.post, Desk(rings.post, rings.post.service.agent())
    await offer(post, desk.agent, "de", "br")
    await receipts(desk, de=GERMAN, br=BRETON)
    for language in ("de", "br"):
        reader = rings.person()
        await wish(post, reader, language, "voice")
        await post.told(reader, reference="R-2026-7KQ4-XM7")
        (message,) = (await post.get(reader, "/v1/inbox-messages")).json()["items"]
        assert message["language"] == language
        await rings.call()
    said = []
    for call in rings.first.calls():
        call.answer("human")
        await rings.bringer.key(call, "1")
        said.append([*call.said])
    german, french = sorted(said)
    assert {language for language, _ in german} == {"de-DE"}
    assert german[0][1].startswith("Guten Tag. Hier ist Ville de Paris. Eingegangen: R-2026-7KQ4-XM7. Diese Nachricht")
    assert german[3][1].startswith("Am 3. März 2026 ist")
    assert "drücken Sie die 9" in german[-1][1]
    assert {language for language, _ in french} == {"fr-FR"}
    assert french[0][1].startswith("Bonjour. Ici Ville de Paris. Bien reçu : R-2026-7KQ4-XM7. Ce message")
    assert french[3][1].startswith("Reçu le 3 mars 2026.")


async def test_a_letter_is_in_french_where_none_shows_the_script(letters: Letters) -> None:
    post, desk = letters.post, Desk(letters.post, letters.post.service.agent())
    await offer(post, desk.agent, "ar", "de")
    await receipts(desk, ar=ARABIC, de=GERMAN)
    for language in ("ar", "de"):
        reader = letters.person()
        await wish(post, reader, language)
        await post.told(reader, reference="R-2026-7KQ4-XM7")
        assert await letters.explained(reader) == ("sent", "legal-notice", "pending")
    rows = await post.pool.fetch("SELECT language, spare IS NULL AS shown FROM message")
    assert {each["language"]: each["shown"] for each in rows} == {"ar": False, "de": True}
    for _ in range(2):  # one a round
        await letters.send()
    # Not by their whole text: it begins with the day, and "1er" comes after "1.".
    said = sorted((printed(each) for each in letters.first.posted()), key=lambda text: "Eingegangen" in text)
    assert [("Bien reçu : R-2026" in each, "Eingegangen: R-2026" in each) for each in said] == [
        *((True, False), (False, True))
    ]
    assert "3. März 2026" in said[1]
    texts = {"fr": {"subject": "x", "body": "x"}, "ar": {"subject": "x", "body": "وصل"}}
    faulty = await desk.write(name="Autre", channels=["letter"], variables=[], texts=texts)
    (error,) = faulty.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/texts/ar/body", "script-not-printed")


async def test_whoever_subscribes_chooses_among_the_same(town: Town) -> None:
    post, agent = town.post, town.post.service.agent()
    assert (await town.ask(email="zoe@example.org", language="de")).json()["errors"][0]["pointer"] == "/language"
    await offer(post, agent, "de")
    assert (await town.ask(email="zoe@example.org", language="de")).status_code == 202
    await town.link()
    assert post.sink.mails()[-1]["Content-Language"] == "fr"
    reader = post.person()
    assert (await town.choose(reader, wishes(language="de"))).json()["language"] == "de"
    await offer(post, agent)
    assert (await town.choose(reader, wishes(language="de"), '"1"')).status_code == 200
    assert (await town.choose(post.person(), wishes(language="de"))).status_code == 422


async def test_what_stands_in_for_the_words_goes_with_an_account_into_another(letters: Letters) -> None:
    post, desk = letters.post, Desk(letters.post, letters.post.service.agent())
    await offer(post, desk.agent, "ar")
    await receipts(desk, ar=ARABIC)
    absorbed, kept = letters.person(), letters.person()
    await wish(post, absorbed, "ar")
    await post.told(absorbed, reference="R-2026-7KQ4-XM7")
    await post.hear(merged(absorbed, kept))
    await letters.send()
    (letter,) = letters.first.posted()
    assert "Bien reçu : R-2026-7KQ4-XM7" in printed(letter)


async def test_words_that_an_older_worker_left_under_another_key_are_as_good_as_none(rings: Rings) -> None:
    post, desk = rings.post, Desk(rings.post, rings.post.service.agent())
    await offer(post, desk.agent, "br")
    await receipts(desk, br=BRETON)
    reader = rings.person()
    await wish(post, reader, "br", "email", "voice")
    await post.told(reader, reference="R-2026-7KQ4-XM7")
    other = await post.service.runtime.persons.of(UUID(rings.person().subject))
    left = [other.seal(f"message.{column}", "{}") for column in ("spare", "html")]
    await post.pool.execute("UPDATE message SET spare = $1, html = $2", *left)
    await rings.call()
    assert len(rings.first.calls()) == 1
    await post.send_mails()
    assert post.sink.mails()[-1]["Subject"].startswith("Degemeret")


async def test_a_trial_and_a_preview_are_in_the_language_asked_for_or_say_in_which(desk: Desk) -> None:
    post = desk.post
    made = await receipts(desk, de=GERMAN)
    post.owners.contacts[desk.agent.subject] = {"email": "a@ville.example", "language": "fr", "given_name": "A"}
    shown = {each: (await desk.ask(made, "previews", language=each)).json() for each in ("de-AT", "br")}
    assert [each["language"] for each in shown.values()] == ["de", "fr"]
    assert shown["de-AT"]["subject"].startswith("Eingegangen")
    assert (await desk.ask(made, "test-sends", language="de")).status_code == 202
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert (mail["Content-Language"], mail["Subject"].startswith("[Essai] Eingegangen")) == ("de, fr", True)
