"""Who is told when a run fails: an address kept on the Prefect server, and the automations there.

The server sends the messages, so that they come also where no worker is left. An address is a
webhook of Slack or Teams as it is copied there, a mail server (`mailto://`), or any other web
address, which is then sent JSON with `title` and `message`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import apprise
import httpx
from apprise.plugins.email import NotifyEmail
from apprise.plugins.slack import NotifySlack
from apprise.plugins.workflows import NotifyWorkflows
from prefect.blocks.abstract import NotificationBlock, NotificationError
from prefect.blocks.core import Block
from prefect.blocks.fields import SecretDict
from prefect.blocks.notifications import (
    CustomWebhookNotificationBlock,
    MicrosoftTeamsWebhook,
    SlackWebhook,
)
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import BlockDocument
from prefect.events.schemas.automations import AutomationCore
from prefect.settings import PREFECT_API_URL
from pydantic import SecretStr

from common import yamlfile
from common.errors import InputError, UpstreamError

AUTOMATIONS = Path(__file__).parents[1] / "automations.yaml"
BLOCK = "digidistrikt"
_PLACE_OF_BLOCK = "NOTIFICATION_BLOCK"
_Sender = SlackWebhook | MicrosoftTeamsWebhook | CustomWebhookNotificationBlock


def set_up(address: str) -> list[str]:
    """Keeps an address on the Prefect server, in place of any before, and makes the automations.

    Returns the names of the automations. Raises InputError for an address that can't be used, or
    where PREFECT_API_URL is not set; UpstreamError where the server does not answer.
    """
    sender = _sender(address)
    with _server() as client:
        for before in _kept(client):
            client.delete_block_document(before.id)
        saved = str(sender.save(BLOCK, overwrite=True))
        written = json.dumps(yamlfile.load(AUTOMATIONS).content).replace(_PLACE_OF_BLOCK, saved)
        automations = [
            AutomationCore.model_validate(each) for each in json.loads(written)["automations"]
        ]
        for automation in automations:
            for old in client.read_automations_by_name(automation.name):
                client.delete_automation(old.id)
            client.create_automation(automation)
    return [automation.name for automation in automations]


def send_trial() -> None:
    """Sends a trial message to the address that is kept on the server.

    Raises InputError where no address is kept or PREFECT_API_URL is not set, UpstreamError where
    the server does not answer or the message can't be delivered.
    """
    with _server() as client:
        kept = _kept(client)
        if not kept or kept[0].block_type is None:
            raise InputError(
                "the Prefect server keeps no address: digidistrikt notify ADDRESS sets one."
            )
        sender = Block.load(f"{kept[0].block_type.slug}/{BLOCK}")
    if not isinstance(sender, NotificationBlock):
        raise InputError(f"the block '{BLOCK}' on the server sends no messages: rename it.")
    send: Callable[[str, str], object] = sender.notify  # typed as if it had to be awaited
    try:
        with sender.raise_on_failure():
            send("Messages about refreshes come here.", "digidistrikt: a trial")
    except (NotificationError, httpx.HTTPError) as error:
        why = error.log if isinstance(error, NotificationError) else str(error)
        raise UpstreamError(f"the trial message was not delivered: {why.strip()}") from error


def _sender(address: str) -> _Sender:
    """The block of Prefect that sends to an address. Raises InputError if none does."""
    known = apprise.Apprise.instantiate(address)
    if isinstance(known, NotifyWorkflows):
        return MicrosoftTeamsWebhook(url=SecretStr(address))
    if isinstance(known, NotifySlack | NotifyEmail):
        # Prefect has no block for a mail server; that of Slack hands any address to Apprise.
        return SlackWebhook(url=SecretStr(address))
    parts = urlsplit(address)
    if parts.scheme in {"http", "https"} and parts.netloc:
        return CustomWebhookNotificationBlock(
            name=BLOCK,
            url="{{address}}",
            secrets=SecretDict({"address": address}),
            json_data={"title": "{{subject}}", "message": "{{body}}"},
        )
    raise InputError(
        f"no messages can be sent to an address that begins with '{address[:10]}': give the webhook"
        " of Slack, Teams or a service of your own (https://...), or a mail server as"
        " mailto://USER:PASSWORD@HOST/?to=ADDRESS."
    )


def _kept(client: SyncPrefectClient) -> list[BlockDocument]:
    return [each for each in client.read_block_documents(limit=200) if each.name == BLOCK]


@contextmanager
def _server() -> Iterator[SyncPrefectClient]:
    """A client of the server that is set. Raises InputError if none is, or UpstreamError."""
    address = PREFECT_API_URL.value()
    if not address:
        raise InputError(
            "messages are sent by a Prefect server: start one, and set PREFECT_API_URL to its"
            " address, as http://127.0.0.1:4200/api."
        )
    try:
        with get_client(sync_client=True) as client:
            yield client
    except (httpx.HTTPError, RuntimeError) as error:
        raise UpstreamError(f"the Prefect server at {address} did not answer: {error}") from error
