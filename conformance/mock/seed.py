"""The data that a server starts with: the documentation's example, and enough around it to tell orders apart."""

import hashlib
import string
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar

from conformance.mock.records import Account, Key, Operator, PhoneCall, Project, Stats, VirtualNumber
from conformance.mock.state import Store, place

SeedName = Literal["ordinary", "crowded", "bare"]
_Record = TypeVar("_Record", Operator, VirtualNumber)

FIRST_CALL = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
OWN_PROJECT, OTHER_PROJECT = 3, 4
# Fictional, but for one that nobody has: of Italy, whose zero is part of the number, and as long as numbers can be.
PHONE_NUMBERS = (
    "+12025550150",
    "+390600000000015",
    *(f"+1202555015{digit}" for digit in range(1, 10)),
)


@dataclass(frozen=True)
class Seed:
    """A store, and what a suite has to be told about it."""

    store: Store
    virtual_numbers: tuple[int, ...]
    foreign_virtual_number: int | None = None
    other_account_virtual_number: int | None = None
    other_account_operator: int | None = None
    phone_numbers: tuple[str, ...] = PHONE_NUMBERS

    @property
    def keys(self) -> dict[str, str]:
        """The keys of the suite's actors, by actor."""
        own = self.store.own_account_id
        return {key.actor: key.token for key in self.store.keys.values() if key.account_id == own}


def make_seed(name: SeedName, *, deletes: bool = True, vouched: str | None = "+", named: bool = True) -> Seed:
    """Make the data of that name.

    Args:
        deletes: whether keys may delete.
        vouched: how the phone numbers that are vouched for begin; None for none at all.
        named: whether the designated numbers have a name.
    """
    seed = _bare() if name == "bare" else _ordinary()
    if name == "crowded":
        _crowd(seed.store)
    if not deletes:
        keys = seed.store.keys
        keys.update({token: replace(key, permissions=key.permissions - {"delete"}) for token, key in keys.items()})
    if not named:
        for number_id in seed.virtual_numbers:
            seed.store.own.numbers[number_id].name = None
    served = () if vouched is None else tuple(each for each in seed.phone_numbers if each.startswith(vouched))
    return replace(seed, phone_numbers=served)


def token_of(actor: str) -> str:
    """Return the key of an actor: always the same, and written nowhere."""
    alphabet = string.ascii_letters + string.digits
    number = int.from_bytes(hashlib.sha512(f"embedded server, {actor}".encode()).digest(), "big")
    letters = []
    for _ in range(32):
        number, index = divmod(number, len(alphabet))
        letters.append(alphabet[index])
    return "idc_" + "".join(letters)


def _ordinary() -> Seed:
    account = Account(1)
    account.projects = {OWN_PROJECT: Project(OWN_PROJECT, "Sales"), OTHER_PROJECT: Project(OTHER_PROJECT, "Support")}
    account.operators = _by_id(_operators())
    account.numbers = _by_id(_numbers())
    stranger = Account(2, projects={9: Project(9, "Elsewhere")})
    stranger.operators = _by_id(
        [
            Operator(1, "Zoe First", "+15555550101", project_id=9),
            Operator(50, "Yann Stranger", "+442079460950", email="yann@example.org"),
        ]
    )
    stranger.numbers = _by_id([VirtualNumber(40, "+442079460940", "Elsewhere Desk", "GB", project_id=9)])
    place(stranger.numbers[40], 1, 0)
    everything = frozenset({"read", "write", "delete"})
    keys = [
        Key("account", token_of("account"), 1, everything),
        Key("project", token_of("project"), 1, everything, project_id=OWN_PROJECT),
        Key("read_only", token_of("read_only"), 1, frozenset({"read"})),
        Key("expired", token_of("expired"), 1, everything, expired=True),
        Key("stranger", token_of("stranger"), 2, everything),
    ]
    store = Store({1: account, 2: stranger}, {key.token: key for key in keys})
    return Seed(store, (7, 15, 9), foreign_virtual_number=9, other_account_virtual_number=40, other_account_operator=50)


def _bare() -> Seed:
    number = VirtualNumber(7, "+15551234567", "US Sales Line")
    key = Key("account", token_of("account"), 1, frozenset({"read", "write", "delete"}))
    store = Store({1: Account(1, numbers={7: number})}, {key.token: key}, last_operator_id=20)
    return Seed(store, (7,))


def _operators() -> list[Operator]:
    return [
        Operator(12, "Alice Carter", "+15555550112", email="alice@example.com", project_id=OWN_PROJECT),
        Operator(22, "Greta Hall", "+15555550199", project_id=OWN_PROJECT),
        Operator(5, "Walter Young", "+12025550105", email="walter@example.com", project_id=OWN_PROJECT),
        Operator(8, "Mona Abbot", "+12025550108", project_id=OWN_PROJECT),
        Operator(14, "Bruno Zeller", "+442079460114", email="bruno@example.com", project_id=OTHER_PROJECT),
        Operator(17, "Dora Quist", "+12025550117"),
        Operator(19, "Hugo Ibsen", "+441632960119", active=False),
        Operator(25, "Cara Lind", "+12025550125", email="cara@example.com", project_id=OWN_PROJECT),
        Operator(27, "Ines Moreau", "+12025550127", project_id=OTHER_PROJECT),
        Operator(31, "Abel Novak", "+12025550131", email="abel@example.com"),
        Operator(33, "Olga Brandt", "+12025550133", project_id=OWN_PROJECT, active=False),
    ]


def _numbers() -> list[VirtualNumber]:
    sales = VirtualNumber(7, "+15551234567", "US Sales Line", project_id=OWN_PROJECT, stats=Stats(142, 118, 24, 184))
    after_hours = VirtualNumber(8, "+12025550180", "After Hours", project_id=OWN_PROJECT, stats=Stats(61, 40, 21, 97))
    support = VirtualNumber(9, "+442079460109", "UK Support", "GB", recording=False, project_id=OTHER_PROJECT)
    unnamed = VirtualNumber(11, "+12025550111", None, project_id=OWN_PROJECT, ai_receptionist_enabled=True)
    empty = VirtualNumber(15, "+12025550115", "Spare Line", project_id=OWN_PROJECT, ai_receptionist_enabled=True)
    resting = VirtualNumber(16, "+441632960116", "Old Campaign", "GB", active=False)
    shared = VirtualNumber(21, "+12025550121", "Front Desk", routing_strategy="round_robin")
    for number, operators in (
        (sales, (12, 22)),
        (after_hours, (31, 5, 17, 14)),
        (support, (27, 14)),
        (unnamed, (25, 8)),
        (resting, (17,)),
        (shared, (33, 12, 8)),
    ):
        for priority, operator_id in enumerate(operators):
            place(number, operator_id, priority)
    after_hours.routing_strategy = "simultaneous"
    sales.calls = _calls(500, 3)
    after_hours.calls = _calls(600, 14)
    return [sales, after_hours, support, unnamed, empty, resting, shared]


def _calls(first_id: int, count: int) -> list[PhoneCall]:
    """Make calls, the oldest first."""
    return [
        PhoneCall(
            id=first_id + index,
            phone_number=f"+1202555017{index % 10}",
            caller_name=None if index % 4 == 3 else f"Caller {index}",
            call_status="missed" if index % 3 == 1 else "answered",
            call_duration=0 if index % 3 == 1 else 30 + 7 * index,
            direction="inbound",
            ai_handled=index % 5 == 2,
            transcript_summary="Asked for a price." if index % 5 == 2 else None,
            created_at=FIRST_CALL + timedelta(minutes=41 * index),
        )
        for index in range(count)
    ]


def _crowd(store: Store) -> None:
    """Put thirty operators on number 7, in an order that is neither that of ids nor that of names."""
    account, number = store.own, store.own.numbers[7]
    for index in range(28):
        operator_id = 100 + (index * 11) % 28
        name = f"{string.ascii_uppercase[(index * 7) % 26]}{string.ascii_lowercase[index % 26]}a Crowd"
        account.operators[operator_id] = Operator(
            operator_id, name, f"+4416329602{index:02d}", project_id=OWN_PROJECT if index % 2 else None
        )
        place(number, operator_id, 2 + index)


def _by_id(records: Iterable[_Record]) -> dict[int, _Record]:
    return {record.id: record for record in records}
