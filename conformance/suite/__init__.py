"""The stories that people run against a target. They drive; the oracle judges."""
