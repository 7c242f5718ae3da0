# SPDX-License-Identifier: EUPL-1.2
"""What the seed and the migration make of the catalogue's versions."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from requests_town import Town

from parvis_kit.migrate import alembic_config
from parvis_requests.service.seed_catalogue import CatalogueRows, read_seed, seed_catalogue
from parvis_requests.service.type_definition import TypeDefinition
from parvis_requests.service.workflow_definition import shipped_workflows
from parvis_requests.settings import MIGRATIONS
from parvis_testing import create_databases

SEED = """
catalogues:
  - collectivity: bourg
    default_team: accueil
    groups:
      - code: roads
        name: {{fr: Voirie, en: Roads}}
        common: {{position_required: true}}
        types:
          - code: pothole
            name: {{fr: Nid de poule, en: Pothole}}
            keywords: [{keyword}]
            answers:
              size: {{title: {{fr: Taille, en: Size}}, options: {{small: {{fr: Petite, en: Small}}}}, widget: radio}}
              why: {{type: string, maxLength: 100, when: {{question: size, one_of: [small]}}}}
            required: [size]
          {more}
"""
BEFORE = """
INSERT INTO collectivity (collectivity, default_team, catalogue_version) VALUES ('bourg', 'accueil', 1);
INSERT INTO request_type (id, collectivity, code, group_code, group_name, name, answers_schema, position_required, rank,
    active)
SELECT gen_random_uuid(), 'bourg', code, 'roads', '{"fr": "Voirie", "en": "Roads"}',
    '{"fr": "Nid de poule", "en": "Pothole"}',
    '{"type": "object", "properties": {"size": {}}, "additionalProperties": false}', true, 0, active
FROM (VALUES ('pothole', true), ('lamp', false)) AS before (code, active);
INSERT INTO request (id, collectivity, reference, type_id, type_code, author, client_id, status, team, description,
    answers, version, created_at, updated_at)
SELECT gen_random_uuid(), 'bourg', 'R-2026-0000-000', id, code, gen_random_uuid(), 'portal', 'submitted', 'accueil',
    'x', '', 1, now(), now()
FROM request_type WHERE active;
"""
LAMP = "- {code: lamp, name: {fr: Lampadaire, en: Street lamp}}"


def written(folder: Path, keyword: str = "trou", more: str = LAMP) -> CatalogueRows:
    file = folder / "seed.yaml"
    file.write_text(SEED.format(keyword=keyword, more=more), "utf-8")
    return read_seed(file)[0]


async def seeded(town: Town, rows: CatalogueRows) -> list[tuple[str, int, str]]:
    async with town.service.runtime.database.unit_of_work() as uow:
        await seed_catalogue(uow.session, rows, datetime.now(UTC))
        await uow.commit()
    found = await town.service.runtime.database.pool.fetch(
        "SELECT t.code, v.number, v.state FROM request_type_version v JOIN request_type t ON t.id = v.type_id"
        " WHERE v.collectivity = 'bourg' ORDER BY t.code, v.number"
    )
    return [tuple(row) for row in found]


async def test_a_seed_adds_a_version_only_where_it_says_something_new(town: Town, tmp_path: Path) -> None:
    rows = written(tmp_path)
    first = [("lamp", 1, "published"), ("pothole", 1, "published")]
    assert await seeded(town, rows) == first
    assert await seeded(town, rows) == first
    second = [("lamp", 1, "published"), ("pothole", 1, "retired"), ("pothole", 2, "published")]
    assert await seeded(town, written(tmp_path, "ornière")) == second
    gone = [("lamp", 1, "retired"), ("pothole", 1, "retired"), ("pothole", 2, "published")]
    assert await seeded(town, written(tmp_path, "ornière", "")) == gone


async def test_a_short_question_becomes_schema_and_hint(tmp_path: Path) -> None:
    form = written(tmp_path).types["pothole"].form
    assert form.answers_schema["properties"]["size"] == {"title": "Taille", "type": "string", "enum": ["small"]}
    assert form.hints["size"].options["small"].en == "Small"
    assert form.hints["why"].when is not None


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("- {code: lamp, name: {fr: a, en: b}, workflow: nothing}", "no workflow nothing"),
        ("- {code: lamp, name: {fr: a, en: b}, colour: red}", "colour"),
        ("- {code: pothole, name: {fr: a, en: b}}", "the same code"),
        ("- {code: lamp, name: {fr: a, en: b}, answers: {x: {type: strnig}}}", "schema-invalid"),
    ],
)
def test_a_file_with_a_fault_says_where(tmp_path: Path, more: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        written(tmp_path, more=more)


async def test_what_was_there_before_versions_becomes_version_one() -> None:
    name = f"test_requests_before_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    urls = await create_databases(os.environ["PARVIS_TEST_POSTGRES"], name)
    config = alembic_config(MIGRATIONS, urls["owner_database_url"])
    await asyncio.to_thread(command.upgrade, config, "0002")
    connection = await asyncpg.connect(urls["owner_database_url"])
    try:
        await connection.execute(BEFORE)
        await asyncio.to_thread(command.upgrade, config, "head")
        rows = await connection.fetch(
            "SELECT t.code, v.number, v.state, v.definition FROM request_type_version v"
            " JOIN request_type t ON t.id = v.type_id ORDER BY t.code"
        )
        assert await connection.fetchval("SELECT type_version FROM request") == 1
    finally:
        await connection.close()
    assert [(row["code"], row["number"], row["state"]) for row in rows] == [
        ("lamp", 1, "retired"),
        ("pothole", 1, "published"),
    ]
    definition = TypeDefinition.model_validate_json(rows[1]["definition"])
    assert (definition.name.en, definition.form.questions) == ("Pothole", {"size"})
    assert definition.workflow == shipped_workflows()["report"]
