"""The settings for tools that only look at the code (the type checker), with placeholders for what must be given."""

import os

os.environ.setdefault("GUICHET_SECRET_KEY", "placeholder")
os.environ.setdefault("DATABASE_URL", "postgres://guichet_app@127.0.0.1:1/none")

from guichet.config.settings import *  # noqa: F403
