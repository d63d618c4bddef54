"""What every run needs, made once: imported by the process that runs are forked from, and by nobody else."""

from __future__ import annotations

import contextlib
import io

import pytest

from conformance.contract.clauses import load_contract
from conformance.contract.openapi import load_openapi
from conformance.mock.building import build
from conformance.strategies.drawing import drawn
from conformance.strategies.generated import Substitutes, generated
from conformance.strategies.phone_numbers import countries, fictional
from tests.running import SUITE, WARM_IS_FINE


def warm_up() -> None:
    """Import the plugins and the stories by collecting them, and read what is read once."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([SUITE, "--collect-only", "-q", "-p", "no:cacheprovider", *WARM_IS_FINE])
    load_contract()
    load_openapi()
    drawn(fictional(countries()[0]), 2, 0, "warm")
    list(generated("addOperator", 4, 0, Substitutes(7, 1, 2, lambda: "+12025550150")))
    build()


warm_up()
