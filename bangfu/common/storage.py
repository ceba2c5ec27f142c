"""Static files with the hash of their content in the name, so that a browser never mixes two versions."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our ES modules: only hashed files are kept."""

    support_js_module_import_aggregation = True
