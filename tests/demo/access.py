"""The practice clock answers only on a practice installation; the tests run as none."""

from bangfu.organizations.permissions import EVERY_ROLE
from tests.battery import OPEN, Access

ACCESS = [Access("demo:clock", roles=EVERY_ROLE, ok={404}, scope=OPEN)]
