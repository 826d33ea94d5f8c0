"""Files with known figures, written as people write them, and what is read of them.

- `places`   a small register of municipalities through time, with the traps of the real one
- `writing`  a file with figures that are known, written in one of the many ways there are
- `reading`  what `add` makes of it: read exactly, in part with reasons, or refused
"""
