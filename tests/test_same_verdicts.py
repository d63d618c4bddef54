"""The mock as a program, judged by its URL, is the mock beside the suite: the same verdict of every clause."""

from __future__ import annotations

from pathlib import Path

from tests.running import mock_program, plain, run


def test_a_url_is_judged_as_the_embedded_mock_is(tmp_path: Path) -> None:
    """Clause by clause; and everything is put back."""
    embedded = plain("standard")
    with mock_program() as (url, keys, options):
        spoken = run(f"--target-url={url}", *options, f"--journal={tmp_path / 'j.jsonl'}", environment=keys)
    assert (spoken.code, spoken.verdict) == (0, "conforms"), spoken.output
    assert spoken.verdicts == embedded.verdicts
    assert spoken.report is not None
    assert spoken.report["restored"] is True
    assert not any(key in spoken.output for key in keys.values())
