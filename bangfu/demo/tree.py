"""The practice union tree, its people and its sample standards, all made through the services of their rooms."""

from dataclasses import dataclass
from datetime import date, datetime

from bangfu.common.acts import SYSTEM
from bangfu.organizations import selectors, services
from bangfu.organizations.choices import Level, Role
from bangfu.organizations.models import Post, Union, User
from bangfu.organizations.scope import Desk

PASSWORD = "bangfu-lianxi-1"  # noqa: S105 - the practice password is printed on the terminal on purpose
SINCE = date(2016, 1, 1)

SAMPLE = "练习用样例数值，非公布标准"
STANDARDS = (
    ("dibao", "120000", "2019-04-01", "980.00"),
    ("dibao", "120000", "2020-07-01", "1010.00"),
    ("dibao", "130000", "2020-01-01", "680.00"),
    ("dibao", "131000", "2020-07-01", "715.00"),
    ("minimum_wage", "120000", "2017-07-01", "2050.00"),
    ("minimum_wage", "130000", "2019-11-01", "1790.00"),
    ("housing_area_per_person", "120000", "2018-01-01", "28.50"),
    ("support_ratio", "120000", "2018-01-01", "0.50"),
    ("support_ratio", "130000", "2018-01-01", "0.50"),
    ("basic_living_cost", "120000", "2018-01-01", "800.00"),
)


@dataclass(frozen=True)
class Account:
    """One line of what the terminal prints."""

    username: str
    name: str
    union: str
    role: Role


@dataclass(frozen=True)
class Units:
    """The unions in which practice families live."""

    heping: Union
    hexi: Union
    direct: Union
    nankai: Union


PEOPLE: tuple[tuple[str, str, str, Role], ...] = (
    ("jingban1", "周敏", "heping", Role.CLERK),
    ("shenhe1", "孙建华", "heping", Role.REVIEWER),
    ("jingban2", "马丽", "hexi", Role.CLERK),
    ("shenhe2", "何志强", "hexi", Role.REVIEWER),
    ("jingban3", "郑晓红", "direct", Role.CLERK),
    ("shenhe3", "钱永刚", "direct", Role.REVIEWER),
    ("jituan1", "吴海燕", "group", Role.CLERK),
    ("jituan2", "冯立新", "group", Role.REVIEWER),
    ("shangwu1", "陈国强", "industry", Role.REVIEWER),
    ("shangwu2", "林秀兰", "industry", Role.AID_CENTER),
    ("shangwu3", "王振华", "industry", Role.REVIEWER),
    ("lingdao", "赵文斌", "industry", Role.LEADER),
    ("caiwu", "许慧芳", "industry", Role.FINANCE),
    ("jingshen", "高永刚", "industry", Role.AUDITOR),
    ("shizong", "沈雅琴", "city", Role.AID_CENTER),
    ("zhanghao", "顾伟", "city", Role.ACCOUNT_ADMIN),
    ("anquan", "邵平", "city", Role.SECURITY_ADMIN),
    ("rizhi", "武静", "city", Role.LOG_ADMIN),
    ("nankai1", "秦芳", "nankai", Role.CLERK),
    ("nankai2", "尹刚", "nankai", Role.REVIEWER),
)


def plant(at: datetime) -> Units:
    """Unions, accounts, posts and standards. The tree: 全总 → 市总 → 商务工会 → 集团工会 → two units; one unit directly below; a second branch."""

    def add(parent: Union | None, name: str, level: Level, region: str, short: str) -> Union:
        return services.add_union(
            SYSTEM, parent, name=name, level=level, region=region, short_name=short, hotline="022-00000000", at=at
        )

    acftu = add(None, "中华全国总工会", Level.ACFTU, "110000", "全总")
    city = add(acftu, "天津市总工会", Level.CITY, "120000", "市总工会")
    industry = add(city, "天津市商务工会", Level.INDUSTRY, "120000", "商务工会")
    group = add(industry, "津华商业集团工会（练习）", Level.UPPER, "120101", "津华集团工会")
    heping = add(group, "津华百货和平店工会（练习）", Level.UNIT, "120101", "和平店工会")
    hexi = add(group, "津华超市河西店工会（练习）", Level.UNIT, "120103", "河西店工会")
    direct = add(industry, "渤海宾馆工会（练习）", Level.UNIT, "120102", "渤海宾馆工会")
    nankai = add(city, "南开区总工会（练习）", Level.INDUSTRY, "120104", "南开区总")
    factory = add(nankai, "南开机械厂工会（练习）", Level.UNIT, "120104", "南开机械厂工会")
    unions = {
        "heping": heping,
        "hexi": hexi,
        "direct": direct,
        "group": group,
        "industry": industry,
        "city": city,
        "nankai": factory,
    }
    users: dict[str, User] = {}
    for username, name, where, role in PEOPLE:
        union = unions[where]
        made = services.open_account(SYSTEM, union, username=username, name=name, password=f"{PASSWORD}-first", at=at)
        users[username] = services.set_first_password(SYSTEM, made, password=PASSWORD, at=at)
        services.appoint(SYSTEM, made, union, role, starts_on=SINCE, at=at)
    proposer, confirmer = desk("shangwu2", at), desk("lingdao", at)
    for name, region, since, value in STANDARDS:
        row = services.propose_standard(
            proposer.actor,
            name=name,
            region=region,
            from_date=date.fromisoformat(since),
            value=value,
            source=SAMPLE,
            at=at,
        )
        services.confirm_standard(confirmer.actor, row, at=at)
    return Units(heping, hexi, direct, factory)


def desk(username: str, at: datetime) -> Desk:
    """The desk at which a practice person sits on a day."""
    post = Post.objects.select_related("user", "union").get(user__username=username)
    return selectors.desk_of(post, at.date(), "127.0.0.1")


def accounts() -> list[Account]:
    """What the terminal prints; the password of all is ``PASSWORD`` until someone changes it."""
    posts = {post.user.username: post for post in Post.objects.select_related("user", "union")}
    return [
        Account(username, posts[username].user.name, posts[username].union.name, Role(posts[username].role))
        for username, *_ in PEOPLE
        if username in posts
    ]
