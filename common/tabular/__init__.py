"""One reader of tabular files: bytes to numbered rows of text, whatever program saved them.

- `grid`      CSV, a sheet of a workbook or Parquet as rows, numbered as a spreadsheet shows them
- `text`      encoding, delimiter and quotation marks of a CSV file
- `workbook`  workbooks (.xlsx, .xls, .xlsb, .ods) and Parquet as data only
- `calamine`  those that are no .xlsx
- `jsonstat`  a data set of JSON-stat 2, by pyjstat
- `binary`    how large a sheet of .xlsb is, before it is read
- `kinds`     what a file is by its first bytes: a web page under a wrong name is told as one
- `numerals`  numbers as Norwegians, spreadsheets and programs write them
- `records`   a CSV file whose columns are declared, as records by column
"""
