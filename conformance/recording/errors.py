"""What is wrong with a recording, said in one line: the file, the interaction, what happened, what to do."""

from __future__ import annotations

RECORD_AGAIN = "record again with --record-mode=rewrite, or take the file from version control"


class RecordingError(ValueError):
    """A recording or a traffic file that cannot be judged.

    Args:
        file: the file's name, as a person would look for it.
        what: what is wrong with it.
        interaction: its place in the file, from 1; None where the file as a whole is meant.
        advice: what to do.
    """

    def __init__(self, file: object, what: str, *, interaction: int | None = None, advice: str = RECORD_AGAIN) -> None:
        place = f"{file}" if interaction is None else f"{file}, interaction {interaction}"
        super().__init__(" ".join(f"{place}: {what}; {advice}".split()))
        self.file = str(file)
        self.interaction = interaction
