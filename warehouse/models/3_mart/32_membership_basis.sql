-- one row: a kind of evidence for membership, and how strong it is
-- key: basis
-- basis: name of the kind
-- strength: strong or weak
-- explanation: what it means, in plain words
select basis, strength, explanation from raw.membership_basis order by strength, basis
