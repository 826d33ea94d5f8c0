"""The ground floor: what every room may stand on and what knows nothing of municipalities.

- `errors`     one family of errors, each with its exit code
- `fileio`     bounded reading of a file that a person named
- `yamlfile`   one reader of YAML, and its writer
- `text`       quoting what came from outside, and "did you mean"
- `tables`     one renderer of tables on a terminal
"""
