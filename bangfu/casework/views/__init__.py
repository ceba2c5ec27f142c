"""Pages of the casework room."""

from bangfu.casework.views.home import home

__all__ = ["home"]
