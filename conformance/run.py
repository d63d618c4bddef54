"""One run against a target: everything wired together, and what came of it. Knows no pytest."""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from typing import Any

from conformance import __version__
from conformance.contract.clauses import Contract, contract_sha256, load_contract
from conformance.oracle.judge import Finding, Judge
from conformance.report.verdicts import SCHEMA_VERSION, Facts, clause_results, run_verdict, totals
from conformance.strategies.phone_numbers import is_fictional
from conformance.suite.scene import Scene
from conformance.target.allow_list import AllowList
from conformance.target.client import Client
from conformance.target.interruption import Interruption
from conformance.target.journal import Journal
from conformance.target.ledger import Ledger
from conformance.target.marks import mark_of_seed
from conformance.target.patience import Patience
from conformance.target.settings import Limits, Target
from conformance.target.undo import Undo
from conformance.target.wire import Wire

_LIBRARIES = ("pytest", "hypothesis", "schemathesis", "httpx")
_PUT_OFF = frozenset({429, 503})
UNDO_STORY = "putting everything back"


@dataclass
class Run:
    """A run from its first request to its report."""

    target: Target
    limits: Limits
    facts: Facts = field(default_factory=Facts)
    contract: Contract = field(default_factory=load_contract)
    restored: bool | None = None
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self._clock = time.monotonic()
        self.judge = Judge(self.contract, self.target.setting)
        ledger = Ledger(frozenset(self.target.virtual_numbers), self.limits.mark or mark_of_seed(self.limits.seed))
        interruption = Interruption()
        self.client = Client(
            self.target,
            self.limits,
            Wire(self.target, self.limits),
            self.judge,
            AllowList(self.target, is_fictional, ledger),
            Journal(self.limits.journal, self.target.keys.redact),
            ledger,
            Patience(self.limits, interruption.sleep),
            interruption=interruption,
        )
        reads_lag = partial(self.judge.is_violated, "READ-YOUR-WRITES")
        self.undo = Undo(self.client.send, ledger, reads_lag, self._keeps_every_must)
        self.client.reserve = self._reserve
        self.scene = Scene(self.client, self.undo, self.limits.profile, self.limits.seed)
        self.client.journal.begin(
            base_url=self.target.base_url,
            virtual_numbers=self.target.virtual_numbers,
            mark=ledger.mark,
            seed=self.limits.seed,
            ca_bundle=self.limits.ca_bundle and str(self.limits.ca_bundle.resolve()),
            started=self.started.isoformat(timespec="seconds"),
        )
        self.facts.unmet |= self._unmet()

    def _keeps_every_must(self) -> bool:
        # Beyond all readings of an open row, a must is broken as well.
        return all(self.contract.clauses[each.clause].level == "should" for each in self.judge.findings)

    def _reserve(self) -> int:
        """Return what undoing needs, and as many more as were put off so far: each of these is sent again."""
        needed, count = self.undo.requests_needed(), self.client.count
        if not count.sent or self.judge.is_violated("READ-YOUR-WRITES"):  # reads that come late are counted there
            return needed
        return needed + math.ceil(needed * count.retried / count.sent)

    def _unmet(self) -> frozenset[str]:
        """Return the needs that are not met by what the user gave."""
        speaks = self.target.keys.can_speak
        given = {
            "project key": speaks("project"),
            "number in the project": speaks("project"),
            "read-only key": speaks("read_only"),
            "expired key": speaks("expired"),
            "second number": len(self.target.virtual_numbers) > 1,
            "foreign number": bool(self.target.foreign_virtual_numbers),
            "other account's number": bool(self.target.other_account_virtual_numbers),
            "other account's operator": bool(self.target.other_account_operators),
            "accepted phone number": bool(self.target.phone_numbers),
        }
        return frozenset(need for need, met in given.items() if not met)

    # ------------------------------------------------------------------ a story
    def begin_story(self, name: str) -> int:
        """Begin a story; return how many findings there were before."""
        self.client.story = name
        return len(self.judge.findings)

    def findings_since(self, count: int) -> list[Finding]:
        """Return what was found since a story began."""
        return self.judge.findings[count:]

    def unexercised(self, clauses: Sequence[str], first_exchange: int) -> list[str]:
        """Return the clauses that no exchange from a number on put to the test."""
        return [
            clause
            for clause in clauses
            if not any(number >= first_exchange for number in self.judge.exercised_at.get(clause, ()))
        ]

    def put_off(self, first_exchange: int) -> bool:
        """Tell whether a request that overlaps others was put off, from an exchange on: it is not sent again."""
        overlapping = (each for each in self.client.conversation if each.group and each.number >= first_exchange)
        answers = (each.response for each in overlapping)
        return any(each is not None and each.status in _PUT_OFF for each in answers)

    def losses(self, first_exchange: int) -> str:
        """Return what was lost on the way from an exchange on, to go behind a message; empty where nothing was."""
        lost = [each for each in self.client.conversation if each.response is None and each.number >= first_exchange]
        return f": {len(lost)} of its requests got no answer at first; {self.client.why(lost[0])}" if lost else ""

    def trouble(self, story: str, message: str, clauses: Sequence[str] = ()) -> None:
        """Note a harness error: a fault of the suite, of the network, or of how it was set up."""
        self.facts.harness_errors.append((story, self.target.keys.redact(message)))
        self.facts.harness_clauses |= frozenset(clauses)

    # ------------------------------------------------------------------ the end
    def close(self) -> None:
        """Put everything back, and let the judge finish."""
        self.begin_story(UNDO_STORY)
        self.client.begin_undo()
        self.restored = self.undo.run()
        try:
            self.judge.finish()
        except Exception as error:  # noqa: BLE001 - as in a story: it is a harness error, and a report says so
            self.trouble(UNDO_STORY, f"the suite itself failed: {type(error).__name__}: {error}")
        for story, message in self.client.troubles:
            self.trouble(story, message)
        self.client.journal.end(restored=self.restored)
        self.client.wire.close()

    def report(self) -> dict[str, Any]:
        """Return report.json, version 1."""
        clauses = clause_results(self.contract, self.judge, self.client.conversation, self.target.setting, self.facts)
        return {
            "schema_version": SCHEMA_VERSION,
            "verdict": run_verdict(clauses, self.facts),
            "suite_version": __version__,
            "contract_sha256": contract_sha256(),
            "target": {
                "kind": self.target.kind,
                "url": self.target.base_url,
                "actors": list(self.target.keys.actors),
                "virtual_numbers": list(self.target.virtual_numbers),
                "options": list(self.facts.options),
            },
            "profile": self.limits.profile,
            "seed": self.limits.seed,
            "started": self.started.isoformat(timespec="seconds"),
            "duration_s": round(time.monotonic() - self._clock, 3),
            "requests": {
                "sent": self.client.count.sent,
                "budget": self.limits.budget,
                "retried": self.client.count.retried,
            },
            "restored": self.restored,
            "not_restored": list(self.undo.not_restored),
            "clauses": clauses,
            "totals": totals(clauses),
            "harness_errors": [{"test": story, "message": message} for story, message in self.facts.harness_errors],
            "versions": versions(),
        }


def versions() -> Mapping[str, str]:
    """Return the versions of Python and of the libraries that matter for repeating a run."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _LIBRARIES}}
