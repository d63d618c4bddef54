"""Where the specifications are: beside the package in a clone, inside it in a wheel."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where libyaml is there


def specification(name: str) -> bytes:
    """Return the bytes of a file of specs/.

    Raises:
        FileNotFoundError: neither the clone nor the installed package holds it.
    """
    beside = Path(__file__).parents[2] / "specs" / name
    if beside.is_file():
        return beside.read_bytes()
    return (resources.files("conformance") / "_specs" / name).read_bytes()


def load_yaml(name: str) -> Any:
    """Parse a YAML file of specs/.

    Raises:
        FileNotFoundError: as `specification`.
    """
    return yaml.load(specification(name), Loader=_LOADER)  # noqa: S506 - both loaders are the safe ones
