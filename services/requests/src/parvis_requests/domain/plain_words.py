# SPDX-License-Identifier: EUPL-1.2
"""Words as people type them, brought to what they have in common: no accents, no endings, written as they sound."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae"})
_WORD: Final = re.compile(r"[a-z0-9]+")
# Articles, pronouns, auxiliaries, politeness and what surrounds a wish, in either language: none says what it is about.
_SILENT: Final = frozenset(
    """
    a afin ai aie aimerais aimerait ainsi ait alors am an and any apres are as at au aucun aucune aussi autre autres
    aux avait avant avec avez avoir avons be beaucoup been besoin bien bonjour bonne bonsoir by c ca can car ce cela
    celle celui ces cet cette ceux chaque chez ci combien comme comment connaitre cordialement could d dans de deja
    demande demander demandes depuis dernier derniere derriere des desire desirerais devant did dire do does dois
    doit doivent donc du effectuer elle elles en encore entre es est et etaient etait ete etes etre eu eux faire
    fais fait faites faut for from get had has have he hello her here hi his how i id il ils in is it its j jamais
    je journee juste l la ld le les leur leurs like ll lui m ma madame maintenant mais me meme merci mes mettre mis
    moi moins mon monsieur my n ne need ni no non nos not notre nous obtenir of off on ont or ou our out par parce
    pas peu peut peuvent peux plait please plus plusieurs pour pourquoi pourrais pourrait pouvez pouvoir pres puis
    puisque qu quand que quel quelle quelles quelqu quelque quelques quels qui quoi recevoir s sa sais salut sans
    savoir se ses she si sil sinon so soit some somebody someone sommes son sont souhaite souhaiterais sous sur svp
    t ta te tes thank thanks that the their them then there these they this those to toi tous tout toute toutes tres
    trop tu un une up us va vais ve vers veuillez veut veux voici voila vont vos votre voudrais voudrait voulez
    vouloir vous vu want wanted was we were what when where which who why will with would y you your
    """.split()  # noqa: SIM905 - three hundred words read better without quotes
)
# Of what is in more than one of these lists the longest ending goes.
_DERIVED: Final = (
    *("issements", "issement", "ements", "ement", "ations", "ation", "atrices", "atrice", "ateurs", "ateur"),
    *(
        "ages",
        "age",
        "ag",
        "euses",
        "euse",
        "eurs",
        "eur",
        "antes",
        "ants",
        "ante",
        "ant",
        "ings",
        "ing",
        "ment",
        "ments",
    ),
)
_INFLECTED: Final = (
    "aient",
    "ait",
    "ees",
    "ers",
    "ee",
    "er",
    "es",
    "ed",
    "ez",
    "ie",
    "ir",
    "is",
    "it",
    "e",
    "i",
    "s",
    "y",
)
_LEAST_DERIVED: Final = 4
_LEAST_INFLECTED: Final = 3
_SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"eau|au", "o"),
        (r"ai|ei|ay|ey", "e"),
        (r"sch|sh|ch", "x"),
        (r"qu|ck|cc|k|c(?![eiy])", "k"),
        (r"c|sc(?=[eiy])|tion$", "s"),
        (r"gu(?=[eiy])", "g"),
        (r"g(?=[eiy])", "j"),
        (r"y", "i"),
        (r"z", "s"),
        (r"h", ""),
        (r"[ae][mn](?![aeiou])", "an"),
        (r"om(?=[bp])", "on"),
        (r"(.)\1+", r"\1"),
        (r"(?<=..)(e?s|[etdx])$", ""),
    )
)


def plain(text: str) -> str:
    """The text in small letters without accents or ligatures."""
    parts = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return "".join(char for char in parts if not unicodedata.combining(char))


def telling(text: str) -> list[str]:
    """The words of a text that say what it is about, each once, in their order."""
    return list(dict.fromkeys(word for word in _WORD.findall(plain(text)) if word not in _SILENT))


def singular(word: str) -> str:
    """A plain word without the mark of its plural."""
    return word[:-1] if word[-1] in "sx" and len(word) > _LEAST_INFLECTED else word


@lru_cache(maxsize=10_000)
def root(word: str) -> str:
    """What a plain word shares with its plural, its verb and its noun, in French and in English.

    Light and regular: it need not be a word, and unlike words that share a root are told apart by those beside them.
    """
    if word.isdigit():
        return word
    for ending, singular in (("eaux", "eau"), ("aux", "al"), ("oux", "ou")):
        if word.endswith(ending) and len(word) > len(ending):
            word = word.removesuffix(ending) + singular
    while (shorter := _without(_without(word, _DERIVED, _LEAST_DERIVED), _INFLECTED, _LEAST_INFLECTED)) != word:
        word = shorter
    return word[:-1] if len(word) > _LEAST_INFLECTED and word[-1] == word[-2] else word


@lru_cache(maxsize=10_000)
def sound(word: str) -> str:
    """How a plain word sounds to a French ear, so that what is spelt by ear is found."""
    for pattern, heard in _SOUNDS:
        word = pattern.sub(heard, word)
    return word


def _without(word: str, endings: tuple[str, ...], least: int) -> str:
    cut = max((len(end) for end in endings if word.endswith(end) and len(word) - len(end) >= least), default=0)
    return word[: len(word) - cut]


def distance(one: str, other: str, most: int) -> int:
    """How many letters are wrong, missing, too many or swapped with their neighbour; more than `most` is `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = list[int](), list(range(len(other) + 1))
    for place, char in enumerate(one, 1):
        earlier, before, row = before, row, [place]
        for index, wanted in enumerate(other, 1):
            cost = min(before[index] + 1, row[-1] + 1, before[index - 1] + (char != wanted))
            if earlier and index > 1 and char == other[index - 2] and one[place - 2] == wanted:
                cost = min(cost, earlier[index - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
