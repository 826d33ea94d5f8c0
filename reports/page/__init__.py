"""The page of a report: one HTML file that asks nobody for anything.

- `numbers`   figures, dates and periods as each language writes them
- `wording`   what the page says, in bokmål and English (`words/`)
- `svg`       pictures as text, with a title and a description for those who can't see them
- `maps`      municipalities drawn from `boundaries/`
- `charts`    distributions, positions and stability
- `sections`  what stands in each section, from the findings, one module a section
- `html`      the page put together (`templates/`)
"""
