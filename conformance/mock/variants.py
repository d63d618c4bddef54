"""The variants by name: servers that conform, each in its own way."""

from conformance.mock.personalities import PERSONALITIES
from conformance.mock.singles import SINGLES
from conformance.mock.variant import Variant

__all__ = ["VARIANTS", "Variant"]

VARIANTS: dict[str, Variant] = {variant.name: variant for variant in (*PERSONALITIES, *SINGLES)}
