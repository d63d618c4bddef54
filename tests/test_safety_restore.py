"""After kill -9, a power cut or a lost network, the journal is enough to put the account back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.mock.server import MockServer
from conformance.target import restore
from conformance.target.journal import unfinished
from conformance.target.keys import Keyring
from conformance.target.ledger import Ledger
from tests.chaos import ChaosProxy, from_on, reset, struck
from tests.killing import left_after_kill, restored
from tests.kit import Colleague, cut_off, running, seven
from tests.safety import differences, leaks, play


@pytest.mark.parametrize("requests", [9, 23, 41])
def test_killed_in_the_middle(requests: int, tmp_path: Path) -> None:
    """SIGKILL, then restore: no difference."""
    assert left_after_kill(tmp_path, requests) == (True, [])


def test_restoring_twice_changes_nothing_more(tmp_path: Path) -> None:
    """The second time there is nothing to do, and nothing is sent."""
    with MockServer() as server:
        cut_off(server, tmp_path / "journal.jsonl")
        assert restored(server, tmp_path / "journal.jsonl")[0] == restore.DONE
        received = server.requests_received
        code, said = restored(server, tmp_path / "journal.jsonl")
        assert (code, server.requests_received) == (restore.DONE, received)
        assert "nothing to put back" in said


def test_what_others_did_meanwhile_stands(tmp_path: Path) -> None:
    """Attached, renamed and made by colleagues after the run was cut off: left alone, and named."""
    with MockServer() as server:
        colleague = Colleague(server)
        cut_off(server, tmp_path / "journal.jsonl")
        colleague.ask("POST", "/virtual_numbers/7/add_operator", {"operator_id": 31})
        colleague.ask("PATCH", "/virtual_numbers/7", {"name": "Renamed Line", "recording": False})
        theirs = colleague.makes("Bob Marsh", "+12025550177")
        code, said = restored(server, tmp_path / "journal.jsonl")
        assert code == restore.LEFT
        assert "Renamed Line" in said
        assert colleague.on_seven() == [12, 22, 31]
        assert theirs in colleague.names()
        assert not any(" Cq" in name for name in colleague.names().values())


def test_an_unfinished_journal_is_noticed_at_the_next_run(tmp_path: Path) -> None:
    """A line that says how to finish it, and no error."""
    with MockServer() as server:
        cut_off(server, tmp_path / "earlier.jsonl")
        assert f"restore {tmp_path / 'earlier.jsonl'}" in play(server, tmp_path, "--dry-run").output
        with MockServer() as another:  # whose runs left nothing
            assert "earlier.jsonl" not in play(another, tmp_path, "--dry-run").output
        assert restored(server, tmp_path / "earlier.jsonl")[0] == restore.DONE
        assert unfinished(tmp_path) == []


def test_a_network_that_is_gone_for_good_leaves_a_journal(tmp_path: Path) -> None:
    """The report names all that is left; restore puts it back once the network is there again."""
    with MockServer() as server:
        before = server.snapshot()
        with ChaosProxy(server.base_url, struck(from_on(30, 200), reset)) as proxy:
            outcome = play(server, tmp_path, "--timeout=1", "--max-wait=1", base_url=proxy.base_url)
            assert (outcome.restored, outcome.is_honest) == (False, True)
            proxy.requests = 1000
            assert restored(server, tmp_path / "journal.jsonl")[0] == restore.DONE
        assert list(differences(before, server.snapshot())) == []
        assert list(leaks(tmp_path, server)) == []


def test_each_write_is_on_disk_before_it_goes_out(tmp_path: Path) -> None:
    """At the moment of sending, the journal's last line is the write's own."""
    journal = tmp_path / "journal.jsonl"
    with MockServer() as server, running(server, journal) as run:
        sent, send = [], run.client.wire.send

        def watched(request, *more):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN202
            if request.method != "GET":
                sent.append(json.loads(journal.read_text(encoding="utf-8").splitlines()[-1]))
                assert (sent[-1]["event"], sent[-1]["target"]) == ("write", request.target)
            return send(request, *more)

        run.client.wire.send = watched  # type: ignore[method-assign]
        seven(run.scene).create()
        seven(run.scene).update(recording=False)
    assert len(sent) >= 4


def test_a_journal_reads_back_into_the_same_ledger(tmp_path: Path) -> None:
    """What undoing needs does not get lost on the way over the disk."""
    journal = tmp_path / "journal.jsonl"
    with MockServer() as server, running(server, journal) as run:
        seven(run.scene).create()
        seven(run.scene).update(routing_strategy="round_robin")
        read = Ledger()
        for line in journal.read_text(encoding="utf-8").splitlines():
            read.apply(json.loads(line))
        ledger = run.client.ledger
        for name in ("mark", "found", "strangers", "made", "changed", "claims", "writes", "may_delete"):
            assert getattr(read, name) == getattr(ledger, name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to put back"),
        ("not json\n{}\n", "line 1: not JSON"),
        ("not json", "line 1: not JSON"),
        ('{"event": "write"}\n', "is no journal"),
        ('{"event": "begin"}\n{"event": "write", "call"', "nothing to put back"),
    ],
)
def test_journals_that_are_none(text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says what is wrong; a last line that was cut off is none."""
    (tmp_path / "journal.jsonl").write_text(text, encoding="utf-8")
    restore.main(tmp_path / "journal.jsonl", {})
    captured = capsys.readouterr()
    assert said in captured.out + captured.err


def test_restoring_needs_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says which variable to set."""
    with MockServer() as server:
        cut_off(server, tmp_path / "journal.jsonl")
        assert restore.main(tmp_path / "journal.jsonl", {}) == restore.USAGE
    assert "IDENTITYCALL_API_KEY" in capsys.readouterr().err
    assert repr(Keyring({"account": "idc_secret"})) == "Keyring(account)"
