"""The addresses of the worker's own pages for the access battery."""

from tests.battery import Access

ACCESS = [Access("portal:ask", public=True)]
