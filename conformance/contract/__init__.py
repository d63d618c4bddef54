"""The contract as data: clauses with their readings, and the OpenAPI description."""
