"""What the server remembers: numbers, operators, calls, projects, keys."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Operator:
    """A person who answers."""

    id: int
    name: str
    phone_number: str
    email: str | None = None
    active: bool = True
    project_id: int | None = None


@dataclass
class Assignment:
    """An operator's place on a virtual number."""

    operator_id: int
    priority: int


@dataclass
class PhoneCall:
    """One call that came in on a virtual number."""

    id: int
    phone_number: str
    caller_name: str | None
    call_status: str
    call_duration: int
    direction: str
    ai_handled: bool
    transcript_summary: str | None
    created_at: datetime


@dataclass
class Stats:
    """The totals of a virtual number."""

    total_calls: int = 0
    answered_calls: int = 0
    missed_calls: int = 0
    average_duration_seconds: int = 0


@dataclass
class VirtualNumber:
    """A number that people call, with those who answer it in the order of their priorities."""

    id: int
    phone_number: str
    name: str | None
    country_code: str = "US"
    active: bool = True
    recording: bool = True
    routing_strategy: str = "priority"
    ai_receptionist_enabled: bool = False
    project_id: int | None = None
    stats: Stats = field(default_factory=Stats)
    assignments: list[Assignment] = field(default_factory=list)
    calls: list[PhoneCall] = field(default_factory=list)
    last_priority: int = -1
    """The highest priority that was ever given on this number."""

    def assignment_of(self, operator_id: int) -> Assignment | None:
        """Return the place of an operator on this number, if there is one."""
        return next((place for place in self.assignments if place.operator_id == operator_id), None)

    def holds(self, operator_id: int) -> bool:
        """Say whether the operator is attached."""
        return self.assignment_of(operator_id) is not None


@dataclass
class Project:
    """A part of an account that a key can be confined to."""

    id: int
    name: str


@dataclass(frozen=True)
class Key:
    """An API key: whose it is, what it may do and how far it sees."""

    actor: str
    token: str
    account_id: int
    permissions: frozenset[str]
    project_id: int | None = None
    expired: bool = False


@dataclass
class Account:
    """Everything that belongs to one customer."""

    id: int
    projects: dict[int, Project] = field(default_factory=dict)
    numbers: dict[int, VirtualNumber] = field(default_factory=dict)
    operators: dict[int, Operator] = field(default_factory=dict)
