"""Faults: servers that do not conform, each in one small way."""

from conformance.mock.faults import (
    attaching,
    caches,
    choosing,
    crashes,
    creating,
    deleting,
    edges,
    effects,
    keys,
    names,
    numbers,
    oddities,
    operators,
    ordering,
    overlapping,
    payload,
    permissions,
    phones,
    reattaching,
    refusing,
    scope,
    showing,
    updates,
)
from conformance.mock.faults.registry import FAULTS, Fault

FAMILIES = (
    attaching,
    creating,
    ordering,
    reattaching,
    choosing,
    refusing,
    phones,
    names,
    payload,
    showing,
    effects,
    scope,
    permissions,
    keys,
    numbers,
    updates,
    operators,
    deleting,
    caches,
    crashes,
    oddities,
    edges,
    overlapping,
)
"""The modules whose faults are registered."""

__all__ = ["FAMILIES", "FAULTS", "Fault"]
