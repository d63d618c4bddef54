"""Pure judgement: exchanges in, findings, observations and counts out.

Imports no httpx, pytest, hypothesis, clock or file: the same oracle judges a live server, the
embedded mock, a recording and a traffic file.
"""
