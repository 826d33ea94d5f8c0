"""When things happen: the refresh as a Prefect flow, and the command line."""
