#!/usr/bin/env python3
"""Django's management commands; ``.venv/bin/bangfu manage …`` is the same."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
