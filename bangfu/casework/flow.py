"""Where a case stands on the route of its policy, whose turn it is, and how it goes on. Reads only; the verbs are in ``services``."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from bangfu.casework.choices import StepResult
from bangfu.casework.errors import AlreadyDone, NotYourTurn
from bangfu.casework.models import Application, Recusal, StepRecord
from bangfu.common.acts import Actor
from bangfu.common.errors import Refused
from bangfu.common.workdays import calendar
from bangfu.organizations.choices import Level, Role
from bangfu.organizations.models import Union
from bangfu.organizations.selectors import upper_unions
from bangfu.policy import clocks
from bangfu.policy.clocks import Clock, Due, ParameterNotSet
from bangfu.policy.procedure import Procedure, Step, Stop
from bangfu.policy.registry import get_pack

LEVEL_NAMES = {"unit": "所在单位工会", "upper": "上级工会", "industry": "产业（县）工会", "city": "省（市）总工会"}


def procedure_of(application: Application) -> Procedure:
    """The procedure of the application's policy."""
    procedure: Procedure = get_pack(application.policy, application.applied_on).procedure
    return procedure


def between(unions: list[Union]) -> list[Union]:
    """The unions between the unit (first) and the industry union, the nearest first."""
    return [union for union in unions[1:] if union.level == Level.UPPER]


@dataclass(frozen=True)
class Way:
    """The whole route of one case with the unions on it."""

    application: Application
    procedure: Procedure
    unions: list[Union]

    @classmethod
    def of(cls, application: Application) -> "Way":
        return cls(application, procedure_of(application), upper_unions(application.union))

    @property
    def stops(self) -> list[Stop]:
        return self.procedure.route([str(union.pk) for union in between(self.unions)], self.application.circumstances)

    def stop(self, key: str) -> Stop:
        """The stop with this key. KeyError where the route has none."""
        for stop in self.stops:
            if stop.key == key:
                return stop
        raise KeyError(key)

    def after(self, key: str) -> Stop | None:
        keys = [stop.key for stop in self.stops]
        place = keys.index(key) + 1
        return self.stops[place] if place < len(keys) else None

    def first_of(self, code: str) -> Stop:
        """The first stop of a step."""
        for stop in self.stops:
            if stop.step.code == code:
                return stop
        raise KeyError(code)

    def union_of(self, stop: Stop) -> Union:
        """Whose union acts at this stop. ``Refused`` where the union tree has no such level above the unit."""
        if stop.union is not None:
            return next(union for union in self.unions if str(union.pk) == stop.union)
        if stop.level == "unit":
            return self.unions[0]
        for union in self.unions:
            if union.level == stop.level:
                return union
        raise Refused(
            f"{self.unions[0].name}的上级中没有{LEVEL_NAMES[stop.level]}，不能办理“{stop.step.title}”。请由账号管理员核对工会隶属关系。"
        )

    def title(self, stop: Stop) -> str:
        """What the stop is called; a step that repeats names its union."""
        return stop.step.title if stop.union is None else f"{stop.step.title}（{self.union_of(stop).short_name}）"


def open_record(application: Application) -> StepRecord | None:
    """The step the case stands at."""
    rows = StepRecord.objects.filter(application=application, closed_at__isnull=True)
    found: StepRecord | None = rows.select_related("union").first()
    return found


def acted(application: Application) -> list[tuple[str, str]]:
    """Who did what in this case, as (step code, person): closed steps, and what visits, notices and signatures record."""
    rows: list[tuple[str, int]] = list(
        StepRecord.objects.filter(application=application, closed_by__isnull=False)
        .exclude(result=StepResult.CARRIED)
        .values_list("code", "closed_by")
    )
    kinds: dict[str, list[str]] = {}
    for step in procedure_of(application).steps:
        kinds.setdefault(step.kind, []).append(step.code)
    helpers: tuple[tuple[str, list[int]], ...] = (
        ("entry", [application.entered_by_id, application.household.created_by_id]),
        ("visit", list(application.visits.values_list("recorded_by", flat=True))),
        ("notice", list(application.notices.values_list("posted_by", flat=True))),
        ("authorization", list(application.authorizations.values_list("recorded_by", flat=True))),
    )
    for kind, people in helpers:
        rows += [(code, person) for code in kinds.get(kind, []) for person in people]
    return sorted({(code, str(person)) for code, person in rows})


def own_work(application: Application, step: Step, user_id: int | None) -> list[Step]:
    """Earlier steps in which this person acted, so that she may not act in ``step``."""
    procedure = procedure_of(application)
    codes = procedure.same_person_conflicts(step.code, str(user_id), acted(application))
    return [procedure.step(code) for code in codes]


def check_turn(application: Application, record: StepRecord, actor: Actor) -> None:
    """Refuses a person who may not act at this step: wrong union or role, her own earlier work, declared kinship."""
    if actor.union_id != record.union_id or actor.role != record.role:
        title = procedure_of(application).step(record.code).title
        raise NotYourTurn(f"“{title}”现由{record.union.name}的{Role(record.role).label}办理。")
    check_person(application, record, actor)


def check_person(application: Application, record: StepRecord, actor: Actor) -> None:
    """Refuses a person for what she did before or who she is: own work, kinship."""
    step = procedure_of(application).step(record.code)
    before = own_work(application, step, actor.user_id)
    if before:
        names = "、".join(item.title for item in before)
        raise NotYourTurn(f"您经手过本案的“{names}”，“{step.title}”须由另一位同事办理。")
    if recused(application, actor):
        raise NotYourTurn("您已声明与该家庭有亲属关系，本案请由其他同事办理。")


def recused(application: Application, actor: Actor | None) -> bool:
    """Whether this person declared kinship with the family."""
    if actor is None or actor.user_id is None:
        return False
    return Recusal.objects.filter(application=application, user_id=actor.user_id).exists()


def take(application_id: int, step_id: int | None, version: int | None) -> tuple[Application, StepRecord]:
    """Locks a case and answers it with the step it stands at, for a verb that closes or works on that step.

    ``step_id`` is the step the person saw: when it is closed in the meantime, ``AlreadyDone``. ``version`` is the version she saw:
    when it is older, ``StaleVersion``. Must run inside an act.
    """
    application: Application = (
        Application.objects.select_for_update(of=("self",)).select_related("union", "household").get(pk=application_id)
    )
    if step_id is not None:
        seen = StepRecord.objects.select_related("closed_by").get(pk=step_id, application=application)
        if seen.closed_at is not None:
            raise AlreadyDone(seen)
    record = open_record(application)
    if record is None:
        raise Refused(f"本案{application.get_state_display()}，没有待办环节。")
    application.bump(application.version if version is None else version)
    return application, record


def clock_for(step: Step) -> Clock | None:
    """The step's clock by the text, or the installation's own: where the text says only 及时, ``step_days`` working days to remind of."""
    number = parameter("step_days")
    if step.clock is not None or number is None:
        return step.clock
    return Clock(
        code="step", title=step.title, clause="", unit="working_day", length=number, month=None, day=None, full=False,
        before=False, starts="opened_on", duty="", remind_before=None, parameter=None, in_principle=True, origin="",
    )  # fmt: skip


def clock_of(step: Step, start: date) -> Due | None:
    """When a step's clock that starts on ``start`` runs out. ``Refused`` where its length is a parameter that nobody set."""
    clock = clock_for(step)
    if clock is None:
        return None
    try:
        return clocks.due(clock, start, calendar(), parameter(clock.parameter))
    except ParameterNotSet as fault:
        raise Refused(f"“{clock.title}”的天数（{fault.parameter}）还没有设定，请先在参数中填写。") from fault


def parameter(name: str | None) -> int | None:
    """A number that the text leaves to the installation (``settings.BANGFU_PARAMETERS``); None where nobody has set it."""
    given = getattr(settings, "BANGFU_PARAMETERS", {}).get(name) if name else None
    return None if given is None else int(given)


def starts_when_opened(step: Step) -> bool:
    """Whether the step's clock starts by itself when the step opens (a notice's starts with its posting)."""
    clock = clock_for(step)
    return clock is not None and clock.starts in ("", "opened_on")


def carried_rows(application: Application, key: str) -> StepRecord | None:
    """The last time this stop was passed."""
    results = [StepResult.PASSED, StepResult.CARRIED]
    found: StepRecord | None = (
        StepRecord.objects.filter(application=application, key=key, result__in=results).order_by("-pk").first()
    )
    return found
