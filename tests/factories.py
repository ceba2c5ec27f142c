"""People and unions for tests, made through the services, as an installation makes them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from django.test import Client

from bangfu.common.acts import SYSTEM
from bangfu.organizations import selectors, services
from bangfu.organizations.choices import Level, Role
from bangfu.organizations.models import Post, Union, User
from bangfu.organizations.scope import Desk

AT = datetime(2020, 10, 12, 1, 30, tzinfo=UTC)
"""Monday 12 October 2020, 09:30 in Tianjin: two working days after the National Day holiday."""
TODAY = date(2020, 10, 12)
PASSWORD = "correct-horse-7"
START = date(2016, 1, 1)

_serial = count(1)


@dataclass(frozen=True)
class Tree:
    """The union tree of the tests; ``foreign*`` is another branch below the same city."""

    acftu: Union
    city: Union
    industry: Union
    upper: Union
    unit: Union
    unit2: Union
    foreign: Union
    foreign_unit: Union


def tree() -> Tree:
    """全总 → 天津市总工会 → 天津市商务工会 → 集团工会 → two 基层工会, and 南开区总工会 with one 基层工会 beside the industry branch."""

    def add(parent: Union | None, name: str, level: Level, region: str = "120000", short: str = "") -> Union:
        return services.add_union(
            SYSTEM, parent, name=name, level=level, region=region, short_name=short, hotline="022-12345678", at=AT
        )

    acftu = add(None, "中华全国总工会", Level.ACFTU, "110000", "全总")
    city = add(acftu, "天津市总工会", Level.CITY, short="市总")
    industry = add(city, "天津市商务工会", Level.INDUSTRY, short="商务工会")
    upper = add(industry, "津华商业集团工会", Level.UPPER, "120101")
    unit = add(upper, "津华百货和平店工会", Level.UNIT, "120101")
    unit2 = add(upper, "津华超市河西店工会", Level.UNIT, "120103")
    foreign = add(city, "南开区总工会", Level.INDUSTRY, "120104")
    foreign_unit = add(foreign, "南开机械厂工会", Level.UNIT, "120104")
    return Tree(acftu, city, industry, upper, unit, unit2, foreign, foreign_unit)


def user(name: str = "", *, union: Union | None = None, username: str = "", password: str = PASSWORD) -> User:
    """An account that is through with its first password."""
    serial = next(_serial)
    home = union or Union.objects.order_by("path")[0]
    made = services.open_account(
        SYSTEM,
        home,
        username=username or f"u{serial:05d}",
        name=name or f"职员{serial}",
        password=password + "-first",
        at=AT,
    )
    return services.set_first_password(SYSTEM, made, password=password, at=AT)


def post(who: User, role: Role, union: Union, *, starts_on: date = START, ends_on: date | None = None) -> Post:
    """A post of a person."""
    return services.appoint(SYSTEM, who, union, role, starts_on=starts_on, ends_on=ends_on, at=AT)


def person(role: Role, union: Union, *, name: str = "", who: User | None = None, on: date = TODAY) -> Desk:
    """A new person (or ``who``) in a post, as the desk she works at on the day ``on``."""
    held = post(who or user(name, union=union), role, union)
    return selectors.desk_of(held, on, "127.0.0.1")


def client_for(desk: Desk | None) -> Client:
    """A test client signed in at a desk (``None``: not signed in). Its second factor counts as given."""
    import time

    from bangfu.organizations.middleware import LAST_SEEN, POST

    client = Client()
    if desk is not None:
        client.force_login(User.objects.get(pk=desk.user_id), backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[LAST_SEEN] = int(time.time())
        session[POST] = desk.post_id
        session.save()
    return client
