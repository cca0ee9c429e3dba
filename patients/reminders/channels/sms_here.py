"""SMS that stays on this machine: printed, or written into a folder. For development and the demonstration."""

import json
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from patients.reminders.channels.http import Connections
from patients.reminders.channels.sms import TextMessage
from patients.reminders.channels.status_report import Callback, ForgedReport, StatusReport


@dataclass(frozen=True, slots=True)
class ConsoleSms:
    """Prints every message."""

    def submit(self, message: TextMessage, *, connections: Connections) -> str:
        sys.stdout.write(f"SMS to {message.number}:\n{message.text}\n")
        return message.key

    def read_report(self, callback: Callback, *, at: datetime) -> StatusReport:
        raise ForgedReport


@dataclass(frozen=True, slots=True)
class FileSms:
    """Writes every message into a file named by its key, so that one that is sent again is still one."""

    folder: Path

    def submit(self, message: TextMessage, *, connections: Connections) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{message.key}.part"
        said = {"number": message.number, "text": message.text}
        unfinished.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        unfinished.rename(self.folder / f"{message.key}.json")
        return message.key

    def read_report(self, callback: Callback, *, at: datetime) -> StatusReport:
        raise ForgedReport
