# SPDX-License-Identifier: EUPL-1.2
"""Templates: what is wrong with one, what could be better, and what it says in each variant."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_kit.locale import Language
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.message_template import (
    Content,
    OfOccasion,
    Variable,
    VariableType,
    Wording,
    faults,
    wrong_values,
)
from parvis_notifications.domain.occasions import OCCASIONS
from parvis_notifications.domain.placeholders import Filling, fill, malformed, placeholders
from parvis_notifications.domain.template_hints import hints
from parvis_notifications.domain.template_json import from_json, to_json
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.own_words import Worded, worded
from parvis_notifications.service.read_occasions import EXAMPLES, default_words
from parvis_notifications.service.render_template import FilledTooLongError, Variants, render, unsaid
from parvis_notifications.service.templates import Templates

TEMPLATES = Templates()
LANGUAGES: tuple[Language, ...] = ("fr", "en")


def variable(name: str, type_: VariableType = VariableType.TEXT, example: Any = "x", **more: Any) -> Variable:
    return Variable(name, type_, more.get("required", True), example)


def content(body: str, *variables: Variable, subject: str = "Objet", **parts: str) -> Content:
    return Content((Channel.EMAIL,), variables, {"fr": Wording(subject, body, **parts)})


def said(body: str, *variables: Variable, values: dict[str, Any] | None = None, **parts: str) -> Variants:
    return render(content(body, *variables, **parts), "fr", values or {})[1]


def found(template: Content, occasion: OfOccasion | None = None) -> list[tuple[str, str, str]]:
    return [(each.pointer, each.code, each.about) for each in faults(template, occasion)]


def test_one_source_makes_every_variant() -> None:
    every = said(
        "# Bonjour ((prénom))\n\nVotre *place* est [au port](https://port.example/((ref))).\n\n- une\n- deux\n\nMerci",
        variable("Prénom"),
        variable("ref"),
        values={"prénom": "Zoé & <b>", "ref": 'a b"'},
    )
    assert every.html == (
        "<h1>Bonjour Zoé &amp; &lt;b&gt;</h1>\n"
        '<p>Votre <em>place</em> est <a href="https://port.example/a%20b%22" rel="noopener noreferrer">'
        "au port</a>.</p>\n"
        "<ul>\n<li>une</li>\n<li>deux</li>\n</ul>\n<p>Merci</p>"
    )
    assert every.text == (
        'Bonjour Zoé & <b>\n\nVotre place est au port (https://port.example/a b").\n\n- une\n- deux\n\nMerci'
    )
    assert every.sms == every.text
    assert every.voice == "Bonjour Zoé & <b>. Votre place est au port. - une, - deux. Merci."


def test_a_part_of_its_own_stands_in_place_of_the_derived_one() -> None:
    every = said("Long ((x))", variable("x"), values={"x": "1"}, sms="Court : ((x))", voice="Dit ((x))")
    assert (every.sms, every.voice, every.text) == ("Court : 1", "Dit 1", "Long 1")
    assert (every.sms_length.encoding, every.sms_length.segments) == ("gsm-7", 1)


@pytest.mark.parametrize(
    "value",
    ["<script>alert(1)</script>", "](javascript:alert(1))", "**x**", "((autre))", "&lt;", '"><img src=x onerror=1>'],
)
def test_a_value_is_never_markup(value: str) -> None:
    every = said("Dit : ((x))\n\n[va](((x)))", variable("x"), values={"x": value})
    assert "<script" not in every.html
    assert "<img" not in every.html
    assert "<strong" not in every.html
    assert every.text.startswith(f"Dit : {value}")


@pytest.mark.parametrize("value", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"])
def test_an_address_that_runs_something_is_no_link(value: str) -> None:
    assert "href" not in said("[va](((x)))", variable("x"), values={"x": value}).html


@pytest.mark.parametrize("value", ["xqPLACEqx9x", "xqPLACEqx0x", "xqxqPLACEqxPLACEqx9x"])
def test_a_value_that_looks_like_a_mark_of_ours_is_a_value(value: str) -> None:
    body = "((texte))\n\n[page](https://ville.example/((texte))) ((texte))"
    made = said(body, variable("texte"), values={"texte": value})
    address = f'<a href="https://ville.example/{value}" rel="noopener noreferrer">page</a>'
    assert made.html == f"<p>{value}</p>\n<p>{address} {value}</p>"
    assert made.text.count(value) == 3
    assert "PLACE" in said(f"{value} ((texte))", variable("texte"), values={"texte": "a"}).html.upper()


def test_a_list_is_a_list_and_paragraphs_stay_such() -> None:
    every = said(
        "((pièces))\n\n((texte))\n\n((rien))\n\nFin",
        variable("pièces", VariableType.LIST, ["a"]),
        variable("texte"),
        variable("rien", required=False),
        values={"pièces": ["une <photo>", "un bail"], "texte": "Un.\n\nDeux\ntrois."},
    )
    assert "<ul><li>une &lt;photo&gt;</li><li>un bail</li></ul>" in every.html.replace("\n", "")
    assert "<p>Un.</p>\n<p>Deux<br>trois.</p>" in every.html
    assert "<p></p>" not in every.html
    assert every.text == "- une <photo>\n- un bail\n\nUn.\n\nDeux\ntrois.\n\nFin"


def test_a_condition_holds_where_its_value_says_yes() -> None:
    yes = variable("retard", VariableType.YES_NO, "oui")
    body = "Bonjour((retard?? et pardon)).((motif?? Motif : dit.))"
    for value, shown in (("oui", True), ("YES", True), ("non", False), ("peut-être", False)):
        every = said(body, yes, variable("motif"), values={"retard": value})
        assert every.text == ("Bonjour et pardon." if shown else "Bonjour.")
    assert said(body, yes, variable("motif"), values={"motif": "pluie"}).text == "Bonjour. Motif : dit."


def test_a_date_is_written_out_and_a_language_of_no_locale_has_it_plain() -> None:
    day = variable("jour", VariableType.DATE, "2026-12-01")
    template = Content((Channel.EMAIL,), (day,), {each: Wording("o", "((jour))") for each in ("fr", "en", "de", "qaa")})
    told = {each: render(template, each, {"jour": "2026-12-01"})[1].text for each in template.texts}
    assert told == {"fr": "1er décembre 2026", "en": "1 December 2026", "de": "1. Dezember 2026", "qaa": "2026-12-01"}


def test_a_language_falls_back_to_its_base_and_then_to_french() -> None:
    template = Content((Channel.EMAIL,), (), {"fr": Wording("o", "fr"), "en": Wording("o", "en")})
    assert [render(template, each, {})[0] for each in ("en-GB", "fr-CA", "de", "en")] == ["en", "fr", "fr", "en"]


def test_what_is_wrong_is_pointed_at_in_each_language() -> None:
    template = Content(
        (Channel.EMAIL,),
        (variable("Prénom"), variable("prenom_2"), variable("jour", VariableType.DATE, "demain"), variable("pré nom")),
        {"fr": Wording("((Prénom))", "((prenom 2)) ((jour)) ((nom"), "en": Wording("", "((prénom)) ((other??x))")},
    )
    assert found(template) == [
        ("/variables/2/sample", "example-of-another-type", "jour"),
        ("/variables/3/name", "repeated-variable", "pré nom"),
        ("/texts/fr/body", "malformed-placeholder", ""),
        ("/texts/en/subject", "subject-missing", ""),
        ("/texts/en/body", "undeclared-variable", "other"),
        ("/texts/en", "unused-variable", "prenom_2"),
        ("/texts/en", "unused-variable", "jour"),
    ]
    assert found(replace(template, variables=(), texts={"en": Wording("o", "x")})) == [("/texts", "french-missing", "")]


def test_a_text_message_that_nobody_would_carry_is_a_fault() -> None:
    assert found(content("x", sms="a" * 918)) == []
    assert found(content("x", sms="à€" * 459)) == [("/texts/fr/sms", "too-many-segments", "")]


def test_what_the_law_has_said_cannot_be_left_out_nor_put_under_a_condition() -> None:
    set_ = OCCASIONS[Template.REQUEST_SUBMITTED]
    whole = "((received)) ((service)) ((statements))"
    assert found(content(whole, subject="((reference))"), set_) == []
    less = content("((received)) ((statements??oui))", subject="((service))", sms="court")
    assert found(less, set_) == [
        ("/texts/fr/body", "mandatory-variable", "service"),
        ("/texts/fr/body", "mandatory-variable", "statements"),
        ("/texts/fr/sms", "not-of-this-message", ""),
    ]
    assert ("/variables", "variables-are-set", "") in found(content(whole, variable("x")), set_)


@pytest.mark.parametrize(
    "hidden",
    [
        '[x]: https://ville.fr "((statements))"',
        "```((statements))\ncode\n```",
        '[page](https://ville.fr "((statements))")',
        "[page](https://ville.fr/((statements)))",
        "![](https://ville.fr/((statements)))",
    ],
)
def test_what_the_law_has_said_is_read_and_not_only_written(hidden: str) -> None:
    set_, known = OCCASIONS[Template.REQUEST_SUBMITTED], OCCASIONS[Template.REQUEST_SUBMITTED].known
    own = content(f"((received)) ((service))\n\n{hidden}", subject="((reference))")
    assert unsaid(own.texts["fr"].body, set_.mandatory) == ["statements"]
    assert unsaid("((received)) ((service))\n\n> **((statements))**", set_.mandatory) == []
    values = {name: EXAMPLES[name] for name in known}
    said = worded(TEMPLATES, Template.REQUEST_SUBMITTED, "fr", values, own)
    assert said == Worded(TEMPLATES.words(Template.REQUEST_SUBMITTED, "fr", **values), None, "fr")


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_the_deployments_words_are_a_template_without_faults(occasion: Template) -> None:
    words = default_words(TEMPLATES, occasion)
    template = Content((Channel.EMAIL,), (), {language: words[language] for language in LANGUAGES})
    assert faults(template, OCCASIONS[occasion]) == []
    values = {"follows": "yes"} | {name: EXAMPLES[name] for name in OCCASIONS[occasion].known}
    for language in LANGUAGES:
        own = worded(TEMPLATES, occasion, language, values, template)
        default = worded(TEMPLATES, occasion, language, values, None)
        assert own.words.subject == default.words.subject
        assert own.words.body.split() == default.words.body.split()
        assert own.html
        assert default.html is None


def test_own_words_that_cannot_be_used_make_way() -> None:
    values = dict.fromkeys(OCCASIONS[Template.REQUEST_TAKEN].known, "x" * 150000)
    own = content("((reference)) ((reference))")
    assert worded(TEMPLATES, "request-taken", "fr", values, own) == Worded(
        TEMPLATES.words("request-taken", "fr", **values), None, "fr"
    )
    assert worded(TEMPLATES, "request-taken", "en", {"reference": "R"}, own).html is None


def test_what_could_be_better_is_told() -> None:
    long = " ".join(["mot"] * 26)
    template = content(
        f"### Titre\n\n{long}.\n\nATTENTION DANGER\n\n[cliquez ici](https://x.example)\n\n![](https://x.example/i.png)"
        "\n\nNonobstant le délai.",
        subject="Objet " * 20,
        sms="é" * 161,
    )
    told = {(each.pointer.rpartition("/")[2], each.code) for each in hints(template)}
    assert told == {
        ("body", "heading-order"),
        ("body", "long-sentence"),
        ("body", "capitals"),
        ("body", "vague-link"),
        ("body", "image-without-alternative"),
        ("body", "jargon"),
        ("subject", "long-subject"),
        ("sms", "several-segments"),
    }
    plain = "## Votre place\n\nBonjour ((prénom)), votre demande à la CAF est prête.\n\n[Suivre ma demande](https://x.example)"
    assert hints(content(plain)) == []


def test_values_are_wanted_of_their_types() -> None:
    variables = [
        variable("nom"),
        variable("jour", VariableType.DATE),
        variable("prix", VariableType.NUMBER, required=False),
        variable("page", VariableType.URL, required=False),
    ]
    given_ = {"jour": "8 décembre", "prix": "douze", "page": "javascript:x"}
    told = [(each.pointer, each.code) for each in wrong_values(variables, given_)]
    assert told == [
        ("/personalisation/nom", "missing-value"),
        ("/personalisation/jour", "value-of-another-type"),
        ("/personalisation/prix", "value-of-another-type"),
        ("/personalisation/page", "value-of-another-type"),
    ]
    right = {"nom": "x", "jour": "2026-12-08", "prix": "12,50", "page": "https://x.example/"}
    assert wrong_values(variables, right) == []


@given(st.text(alphabet="(x?) \n[]!*_`>#-1.", max_size=400), st.text(max_size=60))
def test_whatever_is_written_it_is_filled_in_once_and_safely(body: str, value: str) -> None:
    known = {each.key: Filling(value, shown=True) for each in placeholders(body)}
    once = fill(body, known)
    assert len(once) <= len(body) + len(placeholders(body)) * (len(value) + 400)
    template = content(body or "x", *(variable(name) for name in {each.name for each in placeholders(body)}))
    every = render(template, "fr", dict.fromkeys(known, value))[1]
    assert "<script" not in every.html
    if not placeholders(body):
        assert once == body


@pytest.mark.parametrize("body", [sign * 10_000 for sign in ("[", "*a", "((", "> ", "![", "`", "_a", "- ", "<a")])
def test_no_source_takes_long(body: str) -> None:
    begun = time.process_time()
    said(body)
    malformed(body)
    hints(content(body))
    assert time.process_time() - begun < 5


def test_a_condition_is_looked_for_up_to_the_next_brackets_alone() -> None:
    begun = time.process_time()
    assert placeholders("((a??" * 4_000) == []
    assert time.process_time() - begun < 0.2
    within = "((a??oui ((b)) non))"
    assert [each.name for each in placeholders(within)] == ["b"]
    assert malformed(within), "its writer is told"


def test_what_would_be_too_long_is_refused_before_it_is_made() -> None:
    with pytest.raises(FilledTooLongError):
        said("((x))" * 60, variable("x"), values={"x": "y" * 5_000})


def test_a_template_is_stored_and_read_whole() -> None:
    template = content("((x))", variable("x", VariableType.LIST, ["a", "b"], required=False), voice="v")
    assert from_json(to_json(template)) == template
