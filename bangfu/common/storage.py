"""Static files with the hash of their content in the name, so that a browser never mixes two versions."""

from typing import Any

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

_ALL_JS: Any = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites the imports between our own ES modules: only hashed files are kept. Other packages' scripts stay as they are."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("bangfu/js/*.js", _ALL_JS[1])
