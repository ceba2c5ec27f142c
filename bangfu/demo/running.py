"""``bangfu demo`` and ``bangfu serve``: one command from nothing to a site that answers."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

MARK = "practice-ready"
UNUSED = ["ext", "htmx-4*", "htmax-*"]
"""Vendored by django-htmx and not used here; one of its files points at a file that is not there."""


def demo(words: Sequence[str]) -> int:
    """Migrates, seeds once, prints the accounts, serves. The data stay between calls; ``--reset`` starts over."""
    parser = argparse.ArgumentParser(prog="bangfu demo", description="启动练习系统")
    parser.add_argument("--reset", action="store_true", help="删除练习数据，重新开始")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-serve", action="store_true", help="只准备数据，不启动网站")
    args = parser.parse_args(words)
    os.environ["BANGFU_PRACTICE"] = "1"
    os.environ.pop("BANGFU_DATABASE_URL", None)  # practice data live in the embedded database only
    var = Path(os.environ.setdefault("BANGFU_VAR", str(Path.cwd() / "var")))
    ready = var / MARK
    # a seeding that was cut off leaves no mark: start over rather than serve half a world
    if args.reset or (not ready.exists() and (var / "bangfu.sqlite3").exists()):
        clear(var)
    _setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)
    if not ready.exists():
        print("正在建立练习数据（一两分钟）……", flush=True)
        call_command("seed_practice")
        ready.write_text("ok\n")
    _print_accounts(args.port)
    if args.no_serve:
        return 0
    return _serve("127.0.0.1", args.port, workers=1)


def serve(words: Sequence[str]) -> int:
    """Serves an installation that its settings describe (see SECURITY.md); migrations are run by hand before."""
    parser = argparse.ArgumentParser(prog="bangfu serve", description="启动网站和后台任务")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args(words)
    _setup()
    from django.conf import settings
    from django.core.management import call_command

    if settings.BANGFU_PRACTICE and args.host not in {"127.0.0.1", "localhost", "::1"}:
        parser.error("练习系统的账号是公开的，只能在本机使用：请去掉 --host，或按 docs/operations.md 正式安装")
    call_command("check", deploy=True)
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)
    return _serve(args.host, args.port, args.workers)


def clear(var: Path) -> None:
    """Removes what a practice installation made, and nothing else."""
    for name in ("bangfu.sqlite3", "bangfu.sqlite3-wal", "bangfu.sqlite3-shm", MARK, "secrets.json"):
        (var / name).unlink(missing_ok=True)
    shutil.rmtree(var / "evidence", ignore_errors=True)


def _setup() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.config.settings")
    import django

    django.setup()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int) -> str:
    return text + " " * max(0, width - _width(text))


def _print_accounts(port: int) -> None:
    from bangfu.demo import tree

    print(f"\n练习系统：http://127.0.0.1:{port}    所有账号的密码：{tree.PASSWORD}\n")
    print(_pad("账号", 12) + _pad("姓名", 10) + _pad("岗位", 14) + "工会")
    for account in tree.accounts():
        print(_pad(account.username, 12) + _pad(account.name, 10) + _pad(account.role.label, 14) + account.union)
    print("\n按 Ctrl+C 停止；数据保留在 var/ 中，make demo-reset 重新开始。\n", flush=True)


def _serve(host: str, port: int, workers: int) -> int:
    """granian in front, the background worker beside it; both end together."""
    server = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
    ]
    server += ["--blocking-threads", "4", "--no-ws", "bangfu.config.wsgi:application"]
    worker = [sys.executable, "-m", "django", "db_worker", "--queue-name", "default"]
    children = [subprocess.Popen(server), subprocess.Popen(worker)]  # noqa: S603 - our own commands

    def stop(*_: object) -> None:
        for child in children:
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    try:
        return children[0].wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop()
        for child in children:
            child.wait(timeout=15)
