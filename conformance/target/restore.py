"""Restore: finish, from its journal, what a run that was cut off could not put back."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from conformance.contract.clauses import load_contract
from conformance.oracle.judge import Judge
from conformance.strategies.phone_numbers import is_fictional
from conformance.target.allow_list import AllowList
from conformance.target.client import Client
from conformance.target.journal import Entry, Journal, read_journal
from conformance.target.keys import Keyring
from conformance.target.patience import Patience
from conformance.target.settings import Limits, Target
from conformance.target.stops import NoJournal
from conformance.target.undo import Undo
from conformance.target.wire import Wire

DONE, LEFT, USAGE = 0, 1, 4
_TO_SPARE = 60


def main(journal: Path, environment: Mapping[str, str] = os.environ) -> int:
    """Put back what the runs of a journal left, and say what could not be.

    It may be run again, and does then only what is still to do. It undoes the runs' own work: what others changed
    meanwhile is left, and named.

    Args:
        environment: where the keys are; IDENTITYCALL_API_KEY has to be there.

    Returns:
        0 where everything is as it was found, 1 where something is not, 4 where nothing could be tried.
    """
    try:
        entries = [each for each in read_journal(journal) if each.unfinished]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return _refuse(f"{journal}: {error.strerror if isinstance(error, OSError) else error}")
    if not entries:
        sys.stdout.write(f"{journal}: nothing to put back\n")
        return DONE
    keys = Keyring.from_environment(environment)
    if "account" not in keys.actors:
        return _refuse("no key: set IDENTITYCALL_API_KEY to the key that the run had")
    codes = [_restore(entry, journal, keys) for entry in reversed(entries)]
    return max(codes)


def _restore(entry: Entry, journal: Path, keys: Keyring) -> int:
    base_url = str(entry.facts.get("base_url", ""))
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return _refuse(f"{journal}: its run spoke to {base_url!r}, which is no address")
    if entry.may_be_running:
        return _refuse(
            f"{journal}: its run may still be going on (process {entry.facts.get('process')}); stop it first"
        )
    sys.stdout.write(f"putting back what a run left at {base_url}\n")
    ledger = entry.ledger
    ledger.watching = False
    most = len(ledger.claims) + len(ledger.made) + 8 * (len(ledger.found) + 1) + _TO_SPARE
    bundle = entry.facts.get("ca_bundle")
    limits = Limits(budget=most, ca_bundle=Path(str(bundle)) if bundle else None)
    target = Target("url", base_url, keys, tuple(sorted(ledger.designated)))
    with Wire(target, limits) as wire:
        try:
            written = Journal(journal, keys.redact)
        except NoJournal as stop:
            return _refuse(stop.reason)
        judge = Judge(load_contract(), target.setting)
        allow_list = AllowList(target, is_fictional, ledger)
        client = Client(target, limits, wire, judge, allow_list, written, ledger, Patience(limits))
        client.begin_undo()
        undo = Undo(client.send, ledger)
        restored = undo.run()
        written.end(restored=restored)
    if restored:
        sys.stdout.write(f"everything is as it was found ({client.count.sent} requests)\n")
        return DONE
    sys.stdout.write("not as it was found:\n" + "".join(f"  {keys.redact(each)}\n" for each in undo.not_restored))
    return LEFT


def _refuse(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return USAGE
