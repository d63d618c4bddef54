"""The store: accounts and keys, with plain changes that know nothing of HTTP or of scopes."""

import copy
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any

from conformance.mock.records import Account, Assignment, Key, Operator, VirtualNumber


@dataclass
class Store:
    """All accounts of the server, and the keys that open them."""

    accounts: dict[int, Account] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    own_account_id: int = 1
    last_operator_id: int = 0

    @property
    def own(self) -> Account:
        """The account that the suite's keys belong to."""
        return self.accounts[self.own_account_id]

    @property
    def every_operator(self) -> Iterable[Operator]:
        """The operators of all accounts."""
        return chain.from_iterable(account.operators.values() for account in self.accounts.values())

    def number(self, number_id: int) -> VirtualNumber | None:
        """Return a virtual number of any account."""
        held = (account.numbers.get(number_id) for account in self.accounts.values())
        return next((number for number in held if number is not None), None)

    def operator(self, operator_id: int) -> Operator | None:
        """Return an operator of any account."""
        held = (account.operators.get(operator_id) for account in self.accounts.values())
        return next((operator for operator in held if operator is not None), None)

    def new_operator_id(self, *, again: bool = False) -> int:
        """Return an id that no operator has had, or that nobody has any more."""
        highest = max((operator.id for operator in self.every_operator), default=0)
        if again:
            return highest + 1
        self.last_operator_id = max(self.last_operator_id, highest) + 1
        return self.last_operator_id

    def copy(self) -> "Store":
        """Return a store that later changes of this one leave alone."""
        return Store(copy.deepcopy(self.accounts), self.keys, self.own_account_id, self.last_operator_id)

    def snapshot(self) -> dict[str, Any]:
        """Return the state of all accounts as plain data, without what moves by itself."""
        own = _account_as_data(self.own)
        others = [account for account in self.accounts.values() if account is not self.own]
        return {**own, "other_accounts": [_account_as_data(account) for account in others]}


def place(number: VirtualNumber, operator_id: int, priority: int) -> Assignment:
    """Put an operator on a number."""
    assignment = Assignment(operator_id, priority)
    number.assignments.append(assignment)
    number.last_priority = max(number.last_priority, priority)
    return assignment


def withdraw(number: VirtualNumber, operator_id: int) -> None:
    """Take an operator off a number."""
    number.assignments[:] = [held for held in number.assignments if held.operator_id != operator_id]


def numbers_of(account: Account, operator_id: int) -> list[VirtualNumber]:
    """Return the numbers of an account that an operator stands on, by id."""
    return [number for _, number in sorted(account.numbers.items()) if number.holds(operator_id)]


def _account_as_data(account: Account) -> dict[str, Any]:
    return {
        "projects": [asdict(project) for _, project in sorted(account.projects.items())],
        "numbers": [_number_as_data(number) for _, number in sorted(account.numbers.items())],
        "operators": [asdict(operator) for _, operator in sorted(account.operators.items())],
    }


def _number_as_data(number: VirtualNumber) -> dict[str, Any]:
    moving = {"stats", "calls", "last_priority"}
    data = {name: value for name, value in asdict(number).items() if name not in moving}
    data["assignments"] = sorted(data["assignments"], key=lambda held: (held["priority"], held["operator_id"]))
    return data
