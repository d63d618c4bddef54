"""Recordings: a conversation is kept in VCR's own format, and judged again. Knows no pytest and sends nothing."""
