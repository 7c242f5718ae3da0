# SPDX-License-Identifier: EUPL-1.2
"""Brings the rights of users on a Kafka to what is declared: what lacks is given, what is too much is taken away."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from parvis_cli.errors import CommandError
from parvis_cli.rights import GROUP, TOPIC, Right, User

SECONDS: Final = 30
_OURS: Final = "parvis."
_EVERYWHERE: Final = "*"
_RESOURCES: Final = {TOPIC: ResourceType.TOPIC, GROUP: ResourceType.GROUP}
_OPERATIONS: Final = {
    "Read": AclOperation.READ,
    "Write": AclOperation.WRITE,
    "Create": AclOperation.CREATE,
    "DescribeConfigs": AclOperation.DESCRIBE_CONFIGS,
}


@dataclass(frozen=True, slots=True)
class AccessChange:
    """What differs for one user; ``others`` are undeclared ones who may do something on topics of Parvis."""

    give: Sequence[AclBinding] = ()
    take: Sequence[AclBinding] = ()
    others: Sequence[AclBinding] = ()

    def __bool__(self) -> bool:
        """Whether anything is to be done for those who are declared."""
        return bool(self.give or self.take)

    def lines(self) -> Iterator[str]:
        """In words."""
        yield from (f"give {_words(binding)}" for binding in self.give)
        yield from (f"take {_words(binding)}" for binding in self.take)
        yield from (f"not declared: {_words(binding)}" for binding in self.others)


class Access:
    """The rights on one Kafka."""

    def __init__(self, client: AdminClient) -> None:
        self._client = client

    def plan(self, users: Iterable[User]) -> AccessChange:
        """What differs; raises CommandError where Kafka does not answer, or has no authorizer."""
        wanted = {binding for user in users for binding in _bindings(user)}
        declared = {f"User:{user.name}" for user in users}
        of_any: Any = None
        everything = AclBindingFilter(
            ResourceType.ANY, of_any, ResourcePatternType.ANY, of_any, of_any, AclOperation.ANY, AclPermissionType.ANY
        )
        standing = set(self._answer(self._client.describe_acls(everything, request_timeout=SECONDS)))
        return AccessChange(
            give=_sorted(wanted - standing),
            take=_sorted(binding for binding in standing - wanted if binding.principal in declared),
            others=_sorted(each for each in standing if each.principal not in declared and _about_us(each)),
        )

    def apply(self, change: AccessChange, *, revoke_others: bool = False) -> None:
        """Do it, giving first so that nobody who may go on is stopped; raises CommandError where Kafka refuses."""
        if change.give:
            for answer in self._client.create_acls(list(change.give), request_timeout=SECONDS).values():
                self._answer(answer)
        taken = [*change.take, *(change.others if revoke_others else ())]
        if taken:
            exactly = [_exactly(binding) for binding in taken]
            for answer in self._client.delete_acls(exactly, request_timeout=SECONDS).values():
                self._answer(answer)

    def confirm(self, users: Sequence[User]) -> None:
        """Wait until the brokers show what was done; raises CommandError where they do not in time."""
        deadline = time.monotonic() + SECONDS
        while left := self.plan(users):
            if time.monotonic() > deadline:
                raise CommandError(f"Kafka does not show yet: {next(left.lines())}")
            time.sleep(0.1)

    def _answer(self, answer: Any) -> Any:
        try:
            return answer.result(SECONDS)
        except KafkaException as error:
            raise CommandError(f"Kafka refuses: {error.args[0].str()}") from None


def _bindings(user: User) -> Iterator[AclBinding]:
    for right in user.rights:
        yield _binding(user.name, right)


def _binding(name: str, right: Right) -> AclBinding:
    return AclBinding(
        _RESOURCES[right.resource],
        right.name,
        ResourcePatternType.PREFIXED if right.prefix else ResourcePatternType.LITERAL,
        f"User:{name}",
        _EVERYWHERE,
        _OPERATIONS[right.operation],
        AclPermissionType.ALLOW,
    )


def _exactly(binding: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


def _about_us(binding: AclBinding) -> bool:
    """Whether it lets its user at a topic of ours: by name, by a beginning, or as every topic."""
    if binding.restype is not ResourceType.TOPIC or binding.permission_type is not AclPermissionType.ALLOW:
        return False
    if binding.resource_pattern_type is ResourcePatternType.PREFIXED:
        return bool(binding.name.startswith(_OURS) or _OURS.startswith(binding.name))
    return bool(binding.name.startswith(_OURS) or binding.name == _EVERYWHERE)


def _sorted(bindings: Iterable[AclBinding]) -> list[AclBinding]:
    return sorted(bindings, key=_words)


def _words(binding: AclBinding) -> str:
    # The constructor has made enums of what it may be given as text or number.
    operation: Any = binding.operation
    resource: Any = binding.restype
    beginning = "*" if binding.resource_pattern_type is ResourcePatternType.PREFIXED else ""
    user = binding.principal.removeprefix("User:")
    return f"{user}: {operation.name.lower()} {resource.name.lower()} {binding.name}{beginning}"


def quotas_of(users: Iterable[User]) -> Mapping[str, Mapping[str, float]]:
    """The quotas of those who have some, by user."""
    return {user.name: user.quotas for user in users if user.quotas}
