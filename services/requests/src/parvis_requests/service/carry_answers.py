# SPDX-License-Identifier: EUPL-1.2
"""Which answers to one form are answers to another."""

from collections.abc import Mapping
from typing import Any

from parvis_requests.service.form import Form


def carried(form: Form, former: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered before, as far as that form asks and takes it, and what is answered now in its place.

    Raises InvalidAnswersError where that is not all that the form wants: what was answered before is then not to
    blame, but what lacks, or is given now.
    """
    kept = {question: answer for question, answer in former.items() if question not in given}
    while kept:
        refused = _refused(form, {**kept, **given}) & kept.keys()
        if not refused:
            break
        kept = {question: answer for question, answer in kept.items() if question not in refused}
    answers = {**kept, **given}
    form.check(answers)
    return answers


def _refused(form: Form, answers: Mapping[str, Any]) -> set[str]:
    found = set[str]()
    for error in form.validator.iter_errors(answers):
        place = list(error.instance_path)
        found |= {str(place[0])} if place else set(getattr(error.kind, "unexpected", ()))
    return found
