# SPDX-License-Identifier: EUPL-1.2
"""What can be wrong with a ``.pb`` file, in words for whoever sends one."""

from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """What is wrong; each has a sentence, in which ``{given}`` stands for what the file has or should have."""

    SECTION = "section"
    COLUMNS = "columns"
    CELLS = "cells"
    LINE_LENGTH = "line-length"
    QUOTATION = "quotation"
    PROJECTS = "number-of-projects"
    BALLOTS = "number-of-ballots"
    CODE = "code"
    MANY_PROJECTS = "many-projects"
    MANY_BALLOTS = "many-ballots"
    VOTER = "voter"
    COST = "cost"
    POINTS = "points"
    BALLOT = "ballot"
    VALUE = "value"
    ENCODING = "encoding"


_SENTENCES: Final = {
    Fault.SECTION: ("la section {given} manque ici", "the section {given} is missing here"),
    Fault.COLUMNS: ("il faut les colonnes {given}, chacune une fois", "the columns {given} are needed, each once"),
    Fault.CELLS: (
        "la ligne n'a pas autant de cases que de colonnes : {given}",
        "cells are not as many as columns: {given}",
    ),
    Fault.LINE_LENGTH: ("plus de {given} caractères", "longer than {given} characters"),
    Fault.QUOTATION: ("un guillemet n'est pas fermé", "a quotation mark is not closed"),
    Fault.PROJECTS: (
        "num_projects n'est pas {given}, le nombre des projets",
        "num_projects is not {given}, the number of projects",
    ),
    Fault.BALLOTS: (
        "num_votes n'est pas {given}, le nombre des bulletins",
        "num_votes is not {given}, the number of ballots",
    ),
    Fault.CODE: (
        "project_id {given} est vide, a une virgule ou a déjà servi",
        "project_id {given} is empty, has a comma or was used before",
    ),
    Fault.MANY_PROJECTS: ("plus de {given} projets", "more than {given} projects"),
    Fault.MANY_BALLOTS: ("plus de {given} bulletins", "more than {given} ballots"),
    Fault.VOTER: ("un votant a déjà un bulletin plus haut", "a voter has a ballot further up already"),
    Fault.COST: ("un projet coûte plus que rien", "a project costs more than nothing"),
    Fault.POINTS: (
        "autant de points que de projets sont attendus : {given}",
        "points for each project are expected: {given}",
    ),
    Fault.BALLOT: (
        "le bulletin enfreint les règles du vote : {given}",
        "the ballot breaks the rules of the vote: {given}",
    ),
    Fault.VALUE: ("valeur impossible : {given}", "this value cannot be: {given}"),
    Fault.ENCODING: ("ce n'est pas de l'UTF-8", "this is not UTF-8"),
}
# Those of BallotFault.
_BALLOTS: Final = {
    "unknown-option": ("un projet inconnu", "an unknown project"),
    "repeated-option": ("un projet nommé deux fois", "a project named twice"),
    "number-of-options": ("trop ou trop peu de projets", "too many or too few projects"),
    "points": ("des points qui ne sont pas permis", "points that are not allowed"),
    "over-budget": ("plus que le budget", "more than the budget"),
    "unreadable": ("illisible", "unreadable"),
}


def sentence(fault: Fault, given: str, *, french: bool) -> str:
    """What is wrong, in French or in English."""
    language = 0 if french else 1
    if fault is Fault.BALLOT:
        given = _BALLOTS[given][language]
    return _SENTENCES[fault][language].format(given=given)
