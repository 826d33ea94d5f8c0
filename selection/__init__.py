"""Case selection: which municipalities to study, by a rule that is declared before it is run.

- `rule`          the selection file: what it may say, and where it says it
- `frozen`        the hash of a rule, kept before the outcome is looked at
- `goals`         which method serves which goal
- `candidates`    the table of candidates, read from the published warehouse
- `universe`      who is in, who is out, and why
- `ranking`       ties, quotas, the random benchmark
- `scores`        extreme, typical without a model, most and least likely
- `regression`    typical, deviant, influential, pathway
- `distance`      most similar, most different, nearest
- `variety`       diverse: categories, quantiles, clusters
- `roles`         which columns a method works on
- `choice`        the rule carried out
- `beside`        simpler rules, chance and other methods beside the choice
- `check`         what is wrong with a rule, before any work
- `sensitivity`   how the choice moves; `weights` does the random weights
- `positioning`   where given networks stand among all
- `explain`       a rule in plain words
"""
