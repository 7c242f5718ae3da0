# SPDX-License-Identifier: EUPL-1.2
import io
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from merged_accounts import hear, merged
from participation_town import Town
from PIL import Image
from survey_town import WAY, answer, confirm, enter, form, keep_time, open_survey, prepare, question

from parvis_files.clamd import AntivirusDownError
from parvis_kit.crypto.persons import PersonKey
from parvis_participation.api import survey_files
from parvis_participation.service import survey_files as service
from parvis_participation.service.enter_sheets import forget_respondents
from parvis_participation.service.survey_files import purge_files, seal_moved_files
from parvis_testing import Caller

PHOTOS = question("photos", "file", kinds=["photo"], at_most=2)
PAPER = question("paper", "file", kinds=["pdf"], required=True)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
_keys = itertools.count()


def photo() -> bytes:
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Camera of Ada"
    Image.new("RGB", (64, 48), "green").save(made, "JPEG", exif=exif)
    return made.getvalue()


async def send(town: Town, who: Caller, survey: dict[str, Any], code: str, content: bytes) -> httpx.Response:
    headers = who.headers | {"Idempotency-Key": f"file-{next(_keys)}", "Content-Type": "application/octet-stream"}
    path = f"/v1/surveys/{survey['id']}/files?question={code}"
    return await town.client.post(path, content=content, headers=headers)


async def sent(town: Town, who: Caller, survey: dict[str, Any], code: str = "photos") -> str:
    made = await send(town, who, survey, code, PDF if code == "paper" else photo())
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def read(town: Town, who: Caller, survey: dict[str, Any], file: str) -> httpx.Response:
    return await town.client.get(f"/v1/surveys/{survey['id']}/files/{file}", headers=who.headers)


async def test_photos_are_cleaned_sealed_and_read_by_agents_which_is_written_down(town: Town) -> None:
    survey, ada, agent = await open_survey(town, form=form(WAY, PHOTOS)), town.service.citizen(), town.service.agent()
    first, second = await sent(town, ada, survey), await sent(town, ada, survey)
    assert (await read(town, agent, survey, first)).status_code == 404
    assert (await answer(town, ada, survey, way="bus", photos=[first, second])).status_code == 200
    found = await read(town, agent, survey, first)
    assert (found.headers["content-type"], found.headers["content-disposition"]) == ("image/jpeg", "attachment")
    assert b"Camera of Ada" not in found.content
    assert Image.open(io.BytesIO(found.content)).size == (64, 48)
    stored = await town.service.runtime.database.pool.fetchval("SELECT content FROM survey_file WHERE id = $1", first)
    assert b"JFIF" not in stored
    taken = (await town.client.get(f"/v1/surveys/{survey['id']}/exports", headers=agent.headers)).json()["items"]
    assert [(each["agent"], each["questions"], each["rows"]) for each in taken] == [(agent.subject, ["photos"], 1)]
    assert (await read(town, ada, survey, first)).status_code == 403
    await town.service.runtime.persons.destroy(UUID(ada.subject))
    assert (await read(town, agent, survey, second)).status_code == 404


async def test_only_what_was_sent_by_oneself_for_that_question_is_an_answer(town: Town) -> None:
    survey = await open_survey(town, form=form(WAY, PHOTOS, question("more", "file", kinds=["photo"])))
    ada, bob = town.service.citizen(), town.service.citizen()
    file = await sent(town, ada, survey)
    for who, answers in (
        (bob, {"photos": [file]}),
        (ada, {"more": [file]}),
        (ada, {"photos": [file, file]}),
        (ada, {"photos": ["not-a-uuid"]}),
        (ada, {"photos": [UUID(file).hex]}),
    ):
        refused = await answer(town, who, survey, way="bus", **answers)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid-answers"), answers
    assert (await answer(town, ada, survey, way="bus", photos=[file])).status_code == 200
    assert (await answer(town, bob, survey, way="bus", photos=[file])).status_code == 422


async def test_files_of_other_kinds_and_too_many_are_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    survey, ada = await open_survey(town, form=form(WAY, PHOTOS)), town.service.citizen()
    for code, content, status, problem in (
        ("photos", PDF, 422, "file-not-asked"),
        ("way", photo(), 422, "file-not-asked"),
        ("photos", b"GIF89a", 415, "unknown-file-kind"),
        ("photos", photo()[:300], 415, "not-an-image"),
    ):
        refused = await send(town, ada, survey, code, content)
        assert (refused.status_code, refused.json()["code"]) == (status, problem)
    monkeypatch.setattr(service, "MOST_UNANSWERED", 1)
    await sent(town, ada, survey)
    refused = await send(town, ada, survey, "photos", photo())
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-files")
    assert await town.count("survey_file") == 1


async def test_nobody_fills_a_survey_with_more_than_its_questions_take(town: Town) -> None:
    survey, ada = await open_survey(town, form=form(WAY, PAPER)), town.service.citizen()
    first, _ = await sent(town, ada, survey, "paper"), await sent(town, ada, survey, "paper")
    refused = await send(town, ada, survey, "paper", PDF)
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-files")
    assert (await answer(town, ada, survey, way="bus", paper=[first])).status_code == 200
    refused = await send(town, ada, survey, "paper", PDF)
    assert (refused.status_code, refused.json()["code"]) == (409, "survey-answered")


async def test_who_sends_files_and_never_answers_keeps_nobody_from_answering(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = await open_survey(town, form=form(WAY, PAPER))
    ada, bob, eve, mallory = (town.service.citizen() for _ in range(4))
    monkeypatch.setattr(service, "_WAITING_PART", 10**9)
    monkeypatch.setattr(service, "MAX_BYTES", 4 * len(PDF))
    for who in (mallory, mallory, eve, eve):
        await sent(town, who, survey, "paper")
    given = await sent(town, ada, survey, "paper")
    assert await town.count("survey_file WHERE response_id IS NULL") == 4, "one that was in the way is gone"
    refused = await send(town, ada, survey, "paper", PDF)
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-files"), "others have as many, just sent"
    assert (await answer(town, ada, survey, way="bus", paper=[given])).status_code == 200
    await town.service.runtime.database.pool.execute(
        "UPDATE survey_file SET created_at = created_at - interval '16 minutes'"
    )
    for _ in range(2):
        await sent(town, bob, survey, "paper")
    assert await town.count("survey_file WHERE response_id IS NULL") == 4
    assert (await read(town, town.service.agent(), survey, given)).status_code == 200, "answers give way to nobody"


async def test_an_antivirus_sees_each_file_before_it_is_kept(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    survey, ada = await open_survey(town, form=form(WAY, PHOTOS)), town.service.citizen()
    cleaned = service.cleaned

    async def infected(content: bytes) -> str | None:
        return "Eicar" if content else None

    async def away(_: bytes) -> str | None:
        raise AntivirusDownError

    for look, status, problem in ((infected, 422, "file-infected"), (away, 503, "service-unavailable")):
        monkeypatch.setattr(survey_files, "cleaned", lambda content, kinds, _, look=look: cleaned(content, kinds, look))
        refused = await send(town, ada, survey, "photos", photo())
        assert (refused.status_code, refused.json()["code"]) == (status, problem)
    assert await town.count("survey_file") == 0


async def test_no_file_is_asked_for_anonymously_nor_on_paper(town: Town) -> None:
    agent, other = town.service.agent(), town.service.agent()
    refused = await prepare(town, agent, form=form(WAY, PHOTOS), identification="anonymous")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "files-by-name")
    survey = await open_survey(town, form=form(WAY, PAPER))
    sheet = await enter(town, agent, survey, way="bus")
    assert sheet.status_code == 201, sheet.text
    assert (await confirm(town, other, sheet.json(), way="bus")).status_code == 201
    assert (await answer(town, town.service.citizen(), survey, way="bus")).status_code == 422


async def test_files_go_with_the_answer_the_account_and_the_time(town: Town) -> None:
    survey = await open_survey(town, form=form(WAY, PHOTOS, PAPER))
    old, new, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    given, left = await sent(town, old, survey, "paper"), await sent(town, old, survey)
    assert (await answer(town, old, survey, way="bus", paper=[given])).status_code == 200
    await hear(town.service, merged(old, new))
    database, persons, now = town.service.runtime.database, town.service.runtime.persons, datetime.now(UTC)
    for _ in range(2):
        found = await read(town, agent, survey, given)
        assert (found.content, found.headers["content-type"]) == (PDF, "application/pdf")
        await seal_moved_files(database, persons)
        await persons.destroy(UUID(old.subject))
    await purge_files(database, now + timedelta(hours=23))
    assert await town.count("survey_file") == 2
    await keep_time(town, timedelta(hours=2))
    assert await town.count("survey_file") == 1
    assert (await read(town, agent, survey, left)).status_code == 404
    late = await open_survey(town, form=form(WAY, PHOTOS))
    await sent(town, new, late)
    await purge_files(database, now + timedelta(hours=25))
    assert await town.count("survey_file") == 1
    assert await forget_respondents(database, 30, now + timedelta(days=31)) >= 1
    assert await town.count("survey_file") == 0


async def test_a_merge_opens_no_file_and_the_worker_seals_them_anew(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = await open_survey(town, form=form(WAY, PHOTOS))
    old, between, new, agent = (*(town.service.citizen() for _ in range(3)), town.service.agent())
    gone = await sent(town, old, survey)

    def opening(*_: object) -> bytes:
        raise AssertionError("everybody's acts wait for a merge")

    monkeypatch.setattr(PersonKey, "open_bytes", opening)
    await hear(town.service, merged(old, between), merged(between, new))
    monkeypatch.undo()
    assert (await answer(town, new, survey, way="bus", photos=[gone])).status_code == 200
    assert Image.open(io.BytesIO((await read(town, agent, survey, gone)).content)).size == (64, 48)
    database, persons = town.service.runtime.database, town.service.runtime.persons
    assert [await seal_moved_files(database, persons) for _ in range(2)] == [1, 0]
    assert Image.open(io.BytesIO((await read(town, agent, survey, gone)).content)).size == (64, 48)


async def test_files_of_whoever_was_erased_meanwhile_are_read_by_nobody(town: Town) -> None:
    survey, agent = await open_survey(town, form=form(WAY, PHOTOS)), town.service.agent()
    for which in range(2):
        pair = town.service.citizen(), town.service.citizen()
        given = await sent(town, pair[0], survey)
        assert (await answer(town, pair[0], survey, way="bus", photos=[given])).status_code == 200
        await hear(town.service, merged(*pair))
        await town.service.runtime.persons.destroy(UUID(pair[which].subject))
        assert (await read(town, agent, survey, given)).status_code == 404
        assert await seal_moved_files(town.service.runtime.database, town.service.runtime.persons) == 1
        assert await town.count("survey_file") == 0
