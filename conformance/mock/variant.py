"""A named change of the behaviour that still conforms."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from conformance.mock.behaviour import Behaviour
from conformance.mock.readings import possible_readings, settled_readings


@dataclass(frozen=True)
class Variant:
    """A change of the behaviour that still conforms."""

    name: str
    title: str
    changes: Mapping[str, object]
    violates_should: tuple[str, ...] = ()

    @property
    def lets_operators_be_deleted(self) -> bool:
        """Whether the account's key may delete operators; where not, those that a run made stay."""
        return self.behaviour.account_key_deletes or self.behaviour.delete_operator_needs != "delete"

    @property
    def behaviour(self) -> Behaviour:
        """The behaviour of a server of this variant alone."""
        return replace(Behaviour(), **self.changes)  # type: ignore[arg-type]

    @cached_property
    def readings(self) -> dict[str, str]:
        """The reading of each open clause that this variant reads in one way only."""
        return settled_readings(self.behaviour)

    @cached_property
    def possible_readings(self) -> dict[str, frozenset[str]]:
        """The readings of each open clause: several where its input classes are read differently."""
        return possible_readings(self.behaviour)
