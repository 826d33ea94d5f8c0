"""Answers from the recordings, by a transport adapter of the same session."""

import gzip
import hashlib
import json
import zlib
from datetime import date
from pathlib import Path

import requests
from requests.adapters import BaseAdapter

from common.errors import UpstreamError

RECORDED = Path(__file__).parent.parent / "recorded"
"""The recordings shipped with the package."""

AS_OF, PROVENANCE = "X-Recorded-As-Of", "X-Recorded-Provenance"
"""What the recordings tell of a reply, by headers of ours that no server is believed."""


class RecordedAdapter(BaseAdapter):
    """Answers from the recordings: `index.json` says which reply belongs to which request."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self.recorded_on = date.fromisoformat(index["recorded_on"])
        self._entries = {(entry["address"], entry["body"]): entry for entry in index["replies"]}

    def send(
        self, request: requests.PreparedRequest, *_args: object, **_kwargs: object
    ) -> requests.Response:
        """The recorded reply. Raises UpstreamError if there is none, or it is damaged."""
        body = request.body.decode() if isinstance(request.body, bytes) else None
        entry = self._entries.get((str(request.url), body))
        if entry is None:
            raise UpstreamError(
                f"{request.url}{_asking(body)}: this request is not among the recordings in"
                f" {self._folder}. Use --upstream live, or record it with 'digidistrikt record'."
            )
        response = requests.Response()
        response.request = request
        response.url = str(request.url)
        response.status_code = 200
        response.headers["Content-Type"] = "application/json"
        response.headers[AS_OF] = entry["as_of"]
        response.headers[PROVENANCE] = f"{entry['envelope']}; {entry['came_from']}"
        response._content = self._body(entry)
        return response

    def _body(self, entry: dict[str, str]) -> bytes:
        path = self._folder / entry["file"]
        try:
            content = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise UpstreamError(
                f"{path}: this recording can't be read ({error}); record it anew."
            ) from error
        if hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise UpstreamError(
                f"{path}: this recording is not the one that the index names; record it anew."
            )
        return content

    def close(self) -> None:
        """Nothing is held open."""


def _asking(body: str | None) -> str:
    """The start of what was sent along: requests for data differ in nothing else."""
    return "" if body is None else f" with {body[:120]}"
