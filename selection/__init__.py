"""Case selection: which municipalities to study, by a rule that is declared before it is run.

- `rule`          what a selection file may say; `rulefile` reads one, and knows its lines
- `roles`         what the indicators of a rule are for; `entry` what every entry is made of
- `methods`       the methods, one module each; `method` what each has to be able to do
- `pair_method`   what the methods that seek pairs have in common
- `goals`         which method serves which goal
- `frozen`        the hash of a rule, kept before the outcome is looked at
- `candidates`    the table of candidates, read from the published warehouse
- `universe`      who is in, who is out, and why; `conditions` judges a condition
- `ranking`, `distance`, `pairs`, `clusters`, `regression`   what methods are made of
- `choice`        the rule carried out
- `check`         what is wrong with a rule, before any work
- `alternatives`  simpler rules, chance and other methods, for comparison
- `sensitivity`   how the choice moves; `weights` draws the random weights
- `positioning`   where given networks stand among all
"""
