"""Writes the recordings from published figures: `python -m tools.recordings`.

- `figures`   the figures in recordings/inputs/, and where they came from
- `accessibility`  accessibility statements on earlier days
- `adoption`  who opened for a digital service, from the history of a list
- `robek`     stays in the register of ROBEK
- `statbank`  StatBank's replies over them
- `__main__`  the other publishers' replies, and all of it written
"""
