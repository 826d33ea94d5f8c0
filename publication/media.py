"""Media types of the files of a published folder, by their ending."""

MEDIA = {
    "csv": "text/csv",
    "md": "text/markdown",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def media_type(path: str) -> str:
    """The media type of a file."""
    return MEDIA[path.rpartition(".")[2]]
