# SPDX-License-Identifier: EUPL-1.2
"""Count a Pabulib file, and say of each project why it was chosen or not: for anybody who wants to redo a count."""

from collections.abc import Iterable, Iterator

from parvis_kit.locale import Language, Text
from parvis_participation.domain.counting.count import Method, Rule, count
from parvis_participation.domain.counting.equal_shares import Completion, Utility
from parvis_participation.domain.errors import MethodError
from parvis_participation.domain.pabulib.numbers import amount
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


def declared(rule: str, parameters: Iterable[str]) -> Method:
    """The method by which a vote says that it is counted: its rule, and the parameters of equal shares.

    These are ``utility=`` cost or points, ``completion=`` none, greedy, increment or increment-only, and
    ``increment=`` an amount in euros above 0; what is not given is as in a poll that does not say it: cost, greedy, 1.

    Raises ValueError for what is none of these, MethodError for a parameter of a rule that has none.
    """
    given = dict(parameter.partition("=")[::2] for parameter in parameters)
    if unknown := given.keys() - {"utility", "completion", "increment"}:
        raise ValueError(f"no parameter of a count: {min(unknown)}")
    if given and Rule(rule) is not Rule.EQUAL_SHARES:
        raise MethodError
    return Method(
        Rule(rule),
        Utility(given.get("utility", Utility.COST)),
        Completion(given.get("completion", Completion.GREEDY)),
        amount(given.get("increment", "1")),
    )


def count_file(lines: Iterable[str], method: Method, seed: str, language: Language) -> Iterator[str]:
    """The result, line by line; raises PabulibError for a wrong file, MethodError for a method that does not fit it."""
    scrutiny = read_pabulib(lines)
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
