"""The embedded server: the whole API in memory, conforming by default, wrong on request.

``server.MockServer`` runs it beside a suite, ``server.serve`` as a program. What it does where the
documentation is silent is a ``behaviour.Behaviour``; a named change of that is a variant (it still
conforms); a named change of its rules is a fault (it no longer does).
"""
