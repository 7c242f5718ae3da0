# SPDX-License-Identifier: EUPL-1.2
"""Count a Pabulib file, and say of each project why it was chosen or not: for anybody who wants to redo a count."""

from collections.abc import Iterable, Iterator

from parvis_kit.locale import Language, Text
from parvis_participation.domain.counting.count import Method, Rule, count
from parvis_participation.domain.pabulib.reader import read_pabulib
from parvis_participation.service.explain import explain, money

_DIFFERS = Text(
    fr="Attention, {code} : {published} voix publiées, {recounted} dans les bulletins.",
    en="Beware, {code}: {published} votes published, {recounted} in the ballots.",
)
_TOTAL = Text(
    fr="{cast} bulletins, {chosen} projets retenus pour {spent} sur {budget}.",
    en="{cast} ballots, {chosen} projects chosen for {spent} of {budget}.",
)
_SEED = Text(fr="Égalités départagées avec la graine « {seed} ».", en="Ties broken with the seed “{seed}”.")


def count_file(lines: Iterable[str], rule: Rule, seed: str, language: Language) -> Iterator[str]:
    """The result, line by line; raises PabulibError for a wrong file, MethodError for a rule that does not fit it."""
    scrutiny = read_pabulib(lines)
    method = Method(rule)
    method.check(scrutiny.rules.kind)
    for code, (published, recounted) in scrutiny.differing().items():
        yield _DIFFERS.in_language(language).format(code=code, published=published, recounted=recounted)
    names = {listed.project.code: listed.name for listed in scrutiny.listed}
    result = count(scrutiny.election(), method, seed.encode())
    for place, outcome in enumerate(result.outcomes, 1):
        yield f"{place}. {names[outcome.code]} ({outcome.code}) – {explain(outcome, language)}"
    yield _TOTAL.in_language(language).format(
        cast=result.cast,
        chosen=len(result.chosen),
        spent=money(result.spent, language),
        budget=money(result.budget, language),
    )
    yield _SEED.in_language(language).format(seed=seed)
