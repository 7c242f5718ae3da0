# SPDX-License-Identifier: EUPL-1.2
"""Archives as the API shows them."""

from typing import Any, Final

from parvis_kit.locale import Language, Text
from parvis_participation.api.archive_schemas import (
    ArchiveBallotView,
    ArchiveFaultView,
    ArchiveMethodView,
    ArchiveProjectView,
    ArchiveResultsView,
    ArchiveView,
)
from parvis_participation.api.result_views import area_results
from parvis_participation.api.views import instant
from parvis_participation.db.archive_tables import BudgetArchive as Row
from parvis_participation.domain.archive import IMPORTED, ArchiveFault, ArchiveState
from parvis_participation.domain.counting.count import Rule
from parvis_participation.domain.counting.equal_shares import Completion
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.pabulib.faults import Fault, sentence

_FAULTS: Final = {
    ArchiveFault.RULE: Text(
        fr="la règle {given} ne dépouille pas de tels bulletins", en="the rule {given} does not count such ballots"
    ),
    ArchiveFault.BOUNDS: Text(
        fr="le fichier demande plus de mémoire ou de temps que permis", en="it takes more memory or time than allowed"
    ),
}


def archive_view(row: Row, language: Language) -> ArchiveView:
    """An archive, whatever became of its file."""
    told = row.told or {}
    return ArchiveView(
        id=row.id,
        collectivity=row.collectivity,
        imported=True,
        notice=IMPORTED[language],
        title=row.title,
        source=row.source,
        licence=row.licence,
        file_sha256=row.digest.hex(),
        file_size=row.size,
        state=ArchiveState(row.state),
        fault=None if row.fault is None else _fault(row.fault, language),
        rule=Rule(row.rule),
        method=_method(told) if told else None,
        ballot=ArchiveBallotView(**told["ballot"]) if told else None,
        begins_on=row.begins_on,
        ends_on=row.ends_on,
        **{name: told.get(name) for name in ("budget", "projects", "voters", "differing", "chosen_otherwise")},
        published_at=None if row.published_at is None else instant(row.published_at),
        created_at=instant(row.created_at),
        version=row.version,
    )


def archive_results(row: Row, language: Language) -> ArchiveResultsView:
    """The result, explained; raises NotFoundError where there is none."""
    record = row.record
    if record is None:
        raise NotFoundError
    return ArchiveResultsView(
        archive_id=row.id,
        imported=True,
        notice=IMPORTED[language],
        voters=record["voters"],
        tie_seed=record["tie_seed"],
        digest=record["digest"],
        projects=[ArchiveProjectView(**each, differs=_differs(each)) for each in record["projects"]],
        results=area_results(record, record["definition"]["options"], language),
    )


def _method(told: dict[str, Any]) -> ArchiveMethodView:
    method, published = told["method"], {name: told[name] for name in ("published_rule", "assumed", "left_out")}
    if method["rule"] != Rule.EQUAL_SHARES:
        return ArchiveMethodView(utility=None, completion=None, increment=None, **published)
    completion = Completion(method["completion"])
    stepped = completion in {Completion.INCREMENT, Completion.INCREMENT_ONLY}
    increment = method["increment"] if stepped else None
    return ArchiveMethodView(utility=method["utility"], completion=completion, increment=increment, **published)


def _differs(project: dict[str, Any]) -> bool:
    return project["published_votes"] not in {None, project["votes"]}


def _fault(fault: dict[str, Any], language: Language) -> ArchiveFaultView:
    code, given = fault["code"], fault["given"]
    if code in set(ArchiveFault):
        detail = _FAULTS[ArchiveFault(code)].in_language(language).format(given=given)
        return ArchiveFaultView(line=None, column=None, code=ArchiveFault(code), detail=detail)
    detail = sentence(Fault(code), given, french=language == "fr")
    return ArchiveFaultView(line=fault["line"], column=fault["column"], code=Fault(code), detail=detail)
