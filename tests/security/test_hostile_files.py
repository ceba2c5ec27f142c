"""Files made to harm: small on the wire, enormous when opened; and tables whose one stray cell spans a million rows."""

import io
import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import xlsxwriter
from PIL import Image

from bangfu.casework.services import check_import
from bangfu.common.errors import Refused
from bangfu.families import uploads


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def blank_png(width: int, height: int) -> bytes:
    """A PNG that says it has this size; its pixels are not there."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def unfolding_pdf(megabytes: int) -> bytes:
    """A PDF whose table of objects unfolds to ``megabytes``."""
    pack = zlib.compressobj(9)
    body = b"".join(pack.compress(b"\0" * 1_000_000) for _ in range(megabytes)) + pack.flush()
    head = f"1 0 obj\n<</Type/XRef/Size 10/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length {len(body)}>>stream\n"
    return b"%PDF-1.5\n" + head.encode() + body + b"\nendstream endobj\nstartxref\n9\n%%EOF"


def table(row: int, column: int) -> bytes:
    """An .xlsx with the right head and one cell far away."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, title in enumerate(check_import.COLUMNS):
        sheet.write(0, place, title)
    sheet.write(row, column, "x")
    book.close()
    return out.getvalue()


def test_a_picture_that_only_claims_to_be_enormous_is_refused_unread() -> None:
    with pytest.raises(uploads.UploadFault, match="像素过多"):
        uploads.inspect(blank_png(60_000, 20_000))


def test_the_largest_camera_of_a_phone_still_passes_and_its_copy_is_small() -> None:
    out = io.BytesIO()
    Image.new("L", (12_000, 9_000), 200).save(out, "JPEG", quality=30)
    found = uploads.inspect(out.getvalue())
    assert found.viewing is not None
    with Image.open(io.BytesIO(found.viewing)) as copy:
        assert max(copy.size) == uploads.VIEW_SIDE
        assert copy.size[0] > copy.size[1]


def test_a_sideways_picture_stands_upright_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010F] = "CameraMaker"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (3_000, 1_000), "green").save(out, "JPEG", exif=exif)
    found = uploads.inspect(out.getvalue())
    for made in (found.viewing, found.thumbnail):
        assert made is not None
        assert b"CameraMaker" not in made
        with Image.open(io.BytesIO(made)) as copy:
            assert not copy.getexif()
            assert copy.size[1] > copy.size[0]


def test_a_pdf_that_unfolds_without_end_is_refused_and_the_site_keeps_its_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(uploads.UploadFault, match="PDF"):
        uploads.inspect(unfolding_pdf(1_200))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 400 * 1024  # kilobytes


def test_one_stray_cell_at_the_far_corner_of_a_table_does_not_end_the_server() -> None:
    # in a process of its own: the fault this guards against ends the process that meets it
    program = (
        "import sys\n"
        "from bangfu.casework.services import check_import\n"
        "from bangfu.common.errors import Refused\n"
        "try:\n"
        "    check_import.read_table(sys.stdin.buffer.read(), 'a.xlsx')\n"
        "except Refused as fault:\n"
        "    print(fault.field)\n"
    )
    setup = "import django, tests.settings; import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup()\n"
    done = subprocess.run(
        [sys.executable, "-c", setup + program],
        input=table(1_048_575, 16_383),
        capture_output=True,
        cwd=Path(__file__).resolve().parents[2],
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    )
    assert done.returncode == 0, done.stderr.decode()[:500]
    assert done.stdout.strip() == b"table"


def test_a_table_with_empty_columns_beside_it_is_still_read() -> None:
    rows = check_import.read_table(table(3, 30), "a.xlsx")
    assert [number for number, _ in rows] == [4]


@pytest.mark.parametrize(
    "data",
    [
        ("受理编号," + "x" * 140_000).encode(),
        b"PK\x03\x04" + b"\0" * 40,
        b"\x00\x01\x02",
    ],
    ids=["endless field", "broken zip", "no text"],
)
def test_a_broken_table_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Refused) as fault:
        check_import.read_table(data, "a.csv")
    assert fault.value.field == "table"


@pytest.mark.parametrize("text", ["9" * 30 + "-1-1", "2020-10", "昨天", "-" * 50])
def test_an_impossible_day_in_a_table_is_a_fault_of_its_row(text: str) -> None:
    from datetime import date

    faults: list[tuple[int, str]] = []
    assert check_import._day({"核对日期": text}, 2, faults, date(2020, 1, 1), date(2020, 12, 31)) is None
    assert len(faults) == 1
