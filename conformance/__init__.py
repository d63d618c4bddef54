"""The contract and conformance test suite of IdentityCall's Add Operator endpoint."""

__version__ = "0.1.0"
