"""Who works with whom: networks, cooperations and district definitions, each row sourced.

`read_register()` gives the packaged registers as typed tables; `check_membership_file()` tells
a user what to mend in a file of memberships, `membership_remarks()` where it repeats or contradicts
the register. `Basis` is the vocabulary of evidence.
"""

from common.tabular.records import Problem
from sources.networks.against_register import (
    RegisteredMembership,
    RegisteredNetwork,
    membership_remarks,
)
from sources.networks.basis import EVIDENCE, Basis, BasisStrength, basis_table
from sources.networks.dates import first_day, last_day
from sources.networks.membership import check_membership_file
from sources.networks.register import read_register
from sources.networks.rows import REGISTER

__all__ = [
    "EVIDENCE",
    "REGISTER",
    "Basis",
    "BasisStrength",
    "Problem",
    "RegisteredMembership",
    "RegisteredNetwork",
    "basis_table",
    "check_membership_file",
    "first_day",
    "last_day",
    "membership_remarks",
    "read_register",
]
