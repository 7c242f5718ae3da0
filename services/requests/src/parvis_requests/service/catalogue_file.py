# SPDX-License-Identifier: EUPL-1.2
"""Catalogues as files: short to write, read into the definitions that are stored."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from parvis_kit.locale import Text
from parvis_requests.db.tables import Collectivity
from parvis_requests.domain.calendar import Holidays
from parvis_requests.service.type_definition import TypeDefinition
from parvis_requests.service.workflow_definition import shipped_workflows

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Members of a question that say how to show it; the others are its JSON Schema.
_HINTS = frozenset({"help", "widget", "when"})
_BESIDE = frozenset({*_HINTS, "options", "filter"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TypeSeed(_Part):
    """One request type.

    A question of ``answers`` is its JSON Schema, with ``help``, ``widget`` and ``when`` of its hint beside, and its
    ``filter`` where agents may filter by it; ``title`` may be in both languages, and ``options`` list the values of a
    closed list with their labels. The other members are those of a definition; ``workflow`` is the code of a shipped
    one.
    """

    model_config = ConfigDict(extra="allow")

    code: str = Field(pattern=r"^[a-z][a-z0-9-]{1,63}$")
    answers: dict[str, dict[str, Any]] = Field(default_factory=dict)
    required: list[str] = Field(default_factory=list)
    workflow: str = "report"

    def definition(self, group: "GroupSeed", rank: int) -> TypeDefinition:
        """The definition that is stored; raises ValueError with the type's code."""
        known = shipped_workflows()
        if self.workflow not in known:
            raise ValueError(f"{self.code}: no workflow {self.workflow}; there are {', '.join(known)}")
        questions = {name: _question(written) for name, written in self.answers.items()}
        schema = {
            "$schema": _DIALECT,
            "type": "object",
            "properties": {name: schema for name, (schema, _) in questions.items()},
            "required": self.required,
            "additionalProperties": False,
        }
        form = {"schema": schema, "hints": {name: hint for name, (_, hint) in questions.items() if hint}}
        form["filters"] = {name: written["filter"] for name, written in self.answers.items() if "filter" in written}
        extra = self.model_extra or {}
        if "steps" in extra:
            form["steps"] = extra["steps"]
        try:
            return TypeDefinition.model_validate(
                {
                    **{name: value for name, value in extra.items() if name != "steps"},
                    "group": group.code,
                    "group_name": group.name.model_dump(),
                    "form": form,
                    "workflow": known[self.workflow].model_dump(mode="json"),
                    "rank": rank,
                }
            )
        except ValueError as error:
            raise ValueError(f"{self.code}: {error}") from error


class GroupSeed(_Part):
    """A group of request types; what its types have in common stands in ``common``."""

    code: str
    name: Text
    common: dict[str, Any] = Field(default_factory=dict)
    types: list[dict[str, Any]]

    def type_seeds(self) -> list[TypeSeed]:
        """Its types, with what they have in common."""
        return [TypeSeed.model_validate({**self.common, **written}) for written in self.types]


class AreaSource(_Part):
    """A GeoJSON file of areas, and which of its properties say what."""

    file: Path
    level: str
    code: str
    name: str
    parent: str | None = None
    parent_format: str = "{}"


class TeamSeed(_Part):
    """A team and what it is called; its members are kept by administrators."""

    code: str
    name: Text


class RuleSeed(_Part):
    """A routing rule; areas is a list of area codes, none for everywhere."""

    team: str
    type: str | None = None
    group: str | None = None
    areas: list[str] = Field(default_factory=list)


class BodySeed(_Part):
    """Somebody to whom a person may turn, and how to reach them."""

    name: Text
    postal_address: str | None = None
    email: str | None = None
    phone: str | None = None
    website: str | None = None


class ContactSeed(_Part):
    """How to reach the collectivity, as its receipts say (article R112-11-1 of the CRPA), and who may be turned to.

    Attributes:
        court: the administrative court in whose district it has its seat.
        mediator: its territorial mediator (article L1112-24 of the code of local authorities), where it has one.
    """

    name: Text
    postal_address: str | None = None
    email: str | None = None
    phone: str | None = None
    court: BodySeed | None = None
    mediator: BodySeed | None = None

    @property
    def complete(self) -> bool:
        """True where a receipt can say all that article R112-11-1, 2° of the CRPA wants: an address and a telephone."""
        return bool((self.postal_address or self.email) and self.phone)


def contact_of(town: Collectivity) -> ContactSeed:
    """What a collectivity said of itself; by its short name where it said nothing."""
    if town.contact is None:
        return ContactSeed(name=Text(fr=town.collectivity, en=town.collectivity))
    return ContactSeed.model_validate(town.contact)


class CatalogueSeed(_Part):
    """The catalogue of one collectivity."""

    collectivity: str = Field(pattern=r"^[a-z][a-z0-9-]{1,31}$")
    default_team: str
    holidays: Holidays = Holidays.FRANCE
    contact: ContactSeed | None = None
    groups: list[GroupSeed] = Field(default_factory=list)
    shipped: Annotated[
        bool | list[str], Field(description="Also offer the types that come with the service, or these groups of them")
    ] = False
    areas: list[AreaSource] = Field(default_factory=list)
    routing: list[RuleSeed] = Field(default_factory=list)
    teams: Annotated[
        list[TeamSeed], Field(description="What teams are called; one that is only named is called by its code")
    ] = []

    def definitions(self) -> dict[str, TypeDefinition]:
        """Its types by their code, those of its own groups first; raises ValueError for a group that does not ship."""
        shipped = {group.code: group for group in shipped_groups()}
        wanted = self.shipped if isinstance(self.shipped, list) else list(shipped) if self.shipped else []
        if unknown := [code for code in wanted if code not in shipped]:
            raise ValueError(f"no group {unknown[0]} is shipped; there are {', '.join(shipped)}")
        return definitions_of([*self.groups, *(shipped[code] for code in wanted)])


class SeedFile(_Part):
    """The file: one catalogue for each collectivity."""

    catalogues: list[CatalogueSeed]


def definitions_of(groups: Sequence[GroupSeed]) -> dict[str, TypeDefinition]:
    """The definitions of all types of these groups; raises ValueError where two bear one code."""
    pairs = [(group, type_) for group in groups for type_ in group.type_seeds()]
    found = {type_.code: type_.definition(group, rank) for rank, (group, type_) in enumerate(pairs)}
    if len(found) < len(pairs):
        raise ValueError("two request types bear the same code")
    return found


def read_catalogues(file: Path) -> list[CatalogueSeed]:
    """The catalogues of a seed file; raises ValueError, with the place, for one that does not say what it should."""
    return SeedFile.model_validate(yaml.safe_load(file.read_text("utf-8"))).catalogues


@cache
def shipped_groups() -> tuple[GroupSeed, ...]:
    """The groups of types that come with the service, file by file."""
    folder = resources.files("parvis_requests").joinpath("data/catalogue")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    groups = [yaml.safe_load(file.read_text("utf-8")) for file in files]
    return tuple(TypeAdapter(list[GroupSeed]).validate_python(groups))


def _question(written: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    hint = {name: value for name, value in written.items() if name in _HINTS}
    schema = {name: value for name, value in written.items() if name not in _BESIDE}
    if isinstance(schema.get("title"), dict):
        hint["label"] = schema["title"]
        schema["title"] = schema["title"]["fr"]
    if "options" in written:
        hint["options"] = written["options"]
        listed = {"type": "string", "enum": list(written["options"])}
        schema |= {"items": listed} if schema.get("type") == "array" else listed
    return schema, hint
