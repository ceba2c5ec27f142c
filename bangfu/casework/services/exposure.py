"""Holds back what would give a family away: every form of a notice is read again when it is finished, before anybody gets it."""

from bangfu.casework import papers
from bangfu.casework.errors import LeakFound
from bangfu.casework.models import PublicNotice
from bangfu.casework.selectors.exposure import known_of
from bangfu.common import leaks
from bangfu.common.errors import Refused
from bangfu.families import blobs
from bangfu.families.models import EvidenceFile


def check_notice(notice: PublicNotice) -> None:
    """Makes paper, page and spreadsheet of a notice and reads them. Raises ``LeakFound`` with every place."""
    known = known_of(notice.application, notice)
    paper, table = papers.public_notice(notice), papers.public_notice_table([notice])
    hits = [
        *leaks.scan_text(" ".join(str(notice.shown.get(name) or "") for name in ("name", "employer", "main_cause")), known, where="公示内容"),
        *leaks.scan(paper.body, known, name=paper.filename),
        *leaks.scan(papers.public_notice_page(notice), known),
        *leaks.scan(table.body, known, name=table.filename),
    ]  # fmt: skip
    if hits:
        raise LeakFound(hits)


def check_paper(notice: PublicNotice, made: papers.Printed) -> None:
    """Reads one finished paper of a notice. Raises ``LeakFound``."""
    hits = leaks.scan(made.body, known_of(notice.application, notice), name=made.filename)
    if hits:
        raise LeakFound(hits)


def check_photo(photo: EvidenceFile | None, notice: PublicNotice) -> None:
    """The photo of the board says nothing beside its pixels. Raises ``LeakFound``; a file that is no photo is refused."""
    if photo is None:
        return
    if not photo.content_type.startswith("image/"):
        raise Refused("请上传公示栏的照片（JPG、PNG）。", field="photo")
    hits = leaks.scan(blobs.read(photo.stored), known_of(notice.application, notice))
    if hits:
        raise LeakFound(hits, field="photo")


def check_answer(notice: PublicNotice, answer: str) -> None:
    """The answer to a person from the street is public as well. Raises ``LeakFound``."""
    hits = leaks.scan_text(answer, known_of(notice.application, notice), where="答复")
    if hits:
        raise LeakFound(hits, field="answer")
