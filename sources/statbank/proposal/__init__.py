"""Catalogue entries for any StatBank table, proposed from its metadata, each decision with reasons.

A decision that stands on weak evidence is a Question, which an option of `Wishes` answers.

- `wishes`        what the researcher says
- `places`        which dimension is of municipalities, how its codes are written, of which division
- `periods`       of what kind its periods are
- `addition`      whether a contents adds up over merged municipalities, by its unit and wording
- `parts`         which two contents a share is made of, found by the figures themselves
- `combinations`  which codes of the other dimensions are taken, in which combinations
- `naming`        ids and titles in both languages
- `entry`         the entry of the catalogue that is made of all this
"""

from sources.statbank.proposal.entry import Proposal, propose
from sources.statbank.proposal.wishes import Decision, Wishes

__all__ = ["Decision", "Proposal", "Wishes", "propose"]
