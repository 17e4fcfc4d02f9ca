"""The one exception that a user may see as a sentence.

The command line prints its message and exits with status 2; a notebook shows the message. Anything else that escapes
is a defect of ours.
"""


class ContrechampError(Exception):
    """Something that the reader can mend: what is wrong, where, what to do.

    The message is one or two plain sentences, already in the reader's language, without a stack of calls.
    """

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to show the sentence alone; a beginner is not helped by our stack."""
        return [str(self)]
