"""A server on loopback that stands in for the publishers' services, each under /HOST/path.

`python -m tests.upstream --port 8077`, then `digidistrikt refresh --upstream http://127.0.0.1:8077`.

It answers from the recorded replies in `sources/recorded` and from tables and bodies that are
invented here and say so in their names. How it behaves is taken from the services' own
specifications and replies: PxWebApi 2 (OpenAPI description and server source, PxTools), the
search service of data.norge.no (OpenAPI description), and recorded answers of the others. What
could not be read anywhere is marked `(check)`.

server.py     the HTTP server: routing, limits, faults, what was asked
exchange.py   a question and an answer
limits.py     how much the services put up with
faults.py     how they can be told to misbehave
pxweb.py      StatBank, PxWebApi 2: endpoints
selection.py  StatBank: which codes a selection chooses
listing.py    StatBank: searching and paging the list of tables
dataset.py    StatBank: a table or a part of it as JSON-stat 2
tables.py     StatBank tables: recorded, and invented ones of any size
catalogued.py StatBank tables the catalogue asks for and no recording holds, invented
klass.py      Klass
registers.py  Enhetsregisteret, the accessibility statements, data.norge.no
schemas.py    the shapes of the replies as JSON Schema, which the tests hold them against
"""
