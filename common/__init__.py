"""The ground floor: what every room may stand on and what knows nothing of municipalities.

- `errors`     one family of errors, each with its exit code
- `fileio`     bounded reading of a file that a person named
- `yamlfile`   one reader of YAML, and its writer
- `names`      one key for names of places
- `text`       quoting what came from outside, choices in a sentence, "did you mean"
- `tables`     one renderer of tables on a terminal
"""
