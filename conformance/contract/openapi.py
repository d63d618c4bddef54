"""The OpenAPI description of the endpoint and its neighbours."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from conformance.contract.files import specification


@cache
def load_openapi() -> dict[str, Any]:
    """Return specs/openapi.yaml, parsed. Callers do not change it."""
    document: dict[str, Any] = yaml.safe_load(specification("openapi.yaml"))
    return document
