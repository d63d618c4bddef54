"""Hypothesis and Schemathesis make request values. This room knows neither client nor oracle."""
