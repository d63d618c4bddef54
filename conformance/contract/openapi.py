"""The OpenAPI description of the endpoint and its neighbours."""

from __future__ import annotations

from functools import cache
from typing import Any

from conformance.contract.files import load_yaml


@cache
def load_openapi() -> dict[str, Any]:
    """Return specs/openapi.yaml, parsed. Callers do not change it."""
    document: dict[str, Any] = load_yaml("openapi.yaml")
    return document
