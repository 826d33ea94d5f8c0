"""A catalogue entry for a researcher's file: what it seems to hold, shown before it counts.

Every decision stands on evidence that is shown; one that stands on weak evidence is a Question.

- `hints`     what the researcher says, what is known, what has to be asked
- `columns`   the header and the columns below it
- `places`    which column says what municipality a row is about
- `division`  in which municipal division its codes or names live
- `blocks`    cells left empty because they are as the one above
- `periods`   which column or which headings say the period of a figure
- `figures`   which columns hold figures, and of what measure
- `one_table` that there is no other table below or beside
- `signs`     how numbers are written, and what is missing
- `words`     headings by what they say of a column
- `ids`       ids of indicators, made of headings
- `entry`     the catalogue entry that is made of all this
"""

from sources.infer.entry import Proposal, answers, propose
from sources.infer.hints import Hints, Known, Question
from sources.infer.ids import slug

__all__ = ["Hints", "Known", "Proposal", "Question", "answers", "propose", "slug"]
