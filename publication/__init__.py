"""What is handed on: the bundle of a vintage, and the site in which people look at it.

- `bundle`       what is read from the warehouse for it
- `tables`       every table of `mart` as sorted, commented Parquet and Arrow
- `figures`      the figures of each indicator as CSV, workbook and for the pages
- `changes`      what differs from the vintage before
- `datapackage`, `dcat`, `papers`  the bundle described, cited and licensed
- `site`         the pages
- `publish`      a whole folder, put in the place of the one before
"""
