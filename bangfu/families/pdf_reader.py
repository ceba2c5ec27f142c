"""Counts the pages of a PDF on standard input. Run as a program of its own by ``uploads``, never imported by the site.

Writes the number of pages, or ``password`` where it asks for one; ends with an error for anything that is no whole PDF or that wants
more memory than a real paper does.
"""

import io
import resource
import sys

MEMORY = 1 << 30  # bytes


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as document:
            sys.stdout.write(str(len(document.pages)))
    except pikepdf.PasswordError:
        sys.stdout.write("password")
    except (pikepdf.PdfError, ValueError, OSError, MemoryError, RuntimeError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
