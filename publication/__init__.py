"""What is handed on: the bundle of a vintage, with a page on which it opens.

- `tables`       every table of `mart` as sorted, commented Parquet and Arrow
- `figures`      the figures of each indicator as CSV, workbook and for the pages
- `changes`      what differs from the vintage before
- `datapackage`, `dcat`, `papers`  the bundle described, cited and licensed
- `front`        the page on which the folder opens
- `publish`      a whole folder, put in the place of the one before
"""
