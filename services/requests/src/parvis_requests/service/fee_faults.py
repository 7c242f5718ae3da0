# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with the sums that a request type costs: names that nothing bears, states in which nothing is paid."""

from collections.abc import Iterator

from parvis_requests.domain.errors import Fault, Path
from parvis_requests.service.type_definition import TypeDefinition


def fee_faults(definition: TypeDefinition) -> Iterator[Fault]:
    """Each fault, where it stands in the definition."""
    workflow, questions = definition.workflow.domain(), definition.form.questions
    codes = [fee.code for fee in definition.fees]
    for place, fee in enumerate(definition.fees):
        where: Path = ("fees", place)
        if fee.code in codes[:place]:
            yield Fault((*where, "code"), "repeated-code")
        for index, code in enumerate(fee.states):
            state = workflow.state(code)
            if state is None:
                yield Fault((*where, "states", index), "unknown-state")
            elif state.final:
                # Nobody acts on what is paid when all has ended.
                yield Fault((*where, "states", index), "final-state-paid")
        if fee.tariff and fee.tariff.question not in questions:
            yield Fault((*where, "tariff", "question"), "unknown-question")
        if fee.times is not None and fee.times not in questions:
            yield Fault((*where, "times"), "unknown-question")
        elif fee.times is not None and definition.form.question_type(fee.times) != "integer":
            yield Fault((*where, "times"), "not-a-number-of")
