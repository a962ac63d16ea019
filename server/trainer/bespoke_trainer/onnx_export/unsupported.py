"""The error for models whose graph would not equal the original."""


class UnsupportedModel(Exception):
    """The model cannot be served. The message is one sentence for the user: cause and next step."""
