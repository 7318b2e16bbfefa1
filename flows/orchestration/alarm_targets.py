"""Alarms that leave the house: an event of Prefect for each run that raised some, and where `sito serve` has them sent.

Prefect calls an address of the web with JSON (its block Webhook). All other addresses are Apprise's, whose syntax knows
e-mail (mailtos://), Telegram (tgram://), Slack and a hundred more; the block for these is called Slack Webhook.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.report.look_paths import run_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from prefect.events.schemas.automations import AutomationCore

    from flows.report.run_record import RunRecord

__all__ = ["EVENT", "emit_alarm", "send_alarms_to"]

EVENT = "sito.alarm"
AUTOMATION = "sito: alarms"
_SLACK = "https://hooks.slack"
_SUBJECT = "sito: {{ event.payload.source }}"
_TEXT = "{{ event.payload.text }}"
_JSON = "{{ event.payload | tojson }}"


def emit_alarm(record: RunRecord, look: str | None) -> None:
    """Emit the event with what the run raised: source, run, alarms, a text for people, the address of its page."""
    from prefect.events import emit_event

    page = look and look + run_path(record.source, record.run)
    text = "\n".join([f"{record.source}: {alarm}" for alarm in record.alarms] + ([page] if page else []))
    emit_event(
        EVENT,
        resource={"prefect.resource.id": f"sito.source.{record.source}", "prefect.resource.name": record.source},
        payload={
            "source": record.source,
            "run": record.run,
            "alarms": list(record.alarms),
            "text": text,
            "page": page,
        },
    )


def send_alarms_to(targets: Sequence[str]) -> None:
    """Have the server send alarms to these addresses, and to no others that an earlier `sito serve` named.

    An automation that a person has paused stays paused.
    """
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        known = client.read_automations_by_name(AUTOMATION)
        enabled = all(automation.enabled for automation in known)
        for automation in known:
            client.delete_automation(automation.id)
        if targets:
            client.create_automation(_automation([_block(n, target) for n, target in enumerate(targets, 1)], enabled))


def _block(number: int, target: str) -> tuple[bool, UUID]:
    """Keep the address in a block of Prefect, which encrypts it; gives whether it is a webhook, and its id."""
    from prefect.blocks.notifications import SlackWebhook
    from prefect.blocks.webhook import Webhook
    from pydantic import SecretStr

    is_web = target.startswith(("http://", "https://")) and not target.startswith(_SLACK)
    url = SecretStr(target)
    block = Webhook(url=url, headers={"content-type": "application/json"}) if is_web else SlackWebhook(url=url)  # type: ignore[arg-type]
    made: UUID = block.save(f"sito-alarms-{number}", overwrite=True)  # type: ignore[assignment]
    return is_web, made


def _automation(blocks: Sequence[tuple[bool, UUID]], enabled: bool) -> AutomationCore:
    from prefect.events.actions import CallWebhook, SendNotification
    from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

    return AutomationCore(
        name=AUTOMATION,
        description="Sends the alarms of runs to the addresses in SITO_ALARMS. Made by `sito serve`.",
        enabled=enabled,
        trigger=EventTrigger(
            posture=Posture.Reactive,
            expect={EVENT},
            for_each={"prefect.resource.id"},
            threshold=1,
            within=timedelta(0),
        ),
        actions=[
            CallWebhook(block_document_id=block, payload=_JSON)
            if is_web
            else SendNotification(block_document_id=block, subject=_SUBJECT, body=_TEXT)
            for is_web, block in blocks
        ],
    )
