"""Model fields of the house: encrypted text, money in 分."""

from typing import Any

from django.db import models
from django.utils.module_loading import import_string

from bangfu.common.crypto import provider


class EncryptedTextField(models.BinaryField):
    """Text encrypted at rest (SM4-GCM). In Python a ``str``; ``""`` is kept as ``""``. Cannot be searched: see ``lookup_hash``."""

    description = "encrypted text"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def _check_str_default_value(self) -> list[Any]:
        return []  # in Python the value is text

    def _context(self) -> bytes:
        return f"{self.model._meta.label_lower}.{self.name}".encode()

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, str):
            raise TypeError(f"{self.name}: text is wanted")
        return b"" if value == "" else provider().encrypt(value.encode(), context=self._context())

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        raw = value if prepared else self.get_prep_value(value)
        return raw if raw is None else connection.Database.Binary(raw)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        if value is None:
            return None
        raw = bytes(value)
        return "" if raw == b"" else provider().decrypt(raw, context=self._context()).decode()

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is not serialised in clear")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError(f"{self.name} is encrypted and cannot be searched: use its keyed hash")


class FenField(models.BigIntegerField):
    """Money in integer 分."""

    description = "money in 分"


class LookupHashField(models.CharField):
    """The keyed hash by which a fact of the same row is found; written anew at every save. ``of`` names ``function(row) -> str``."""

    description = "keyed hash of another field"

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        usual: dict[str, Any] = {"max_length": 64, "blank": True, "default": "", "db_index": True, "editable": False}
        super().__init__(*args, **(usual | kwargs))

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = import_string(self.of)(model_instance)
        setattr(model_instance, self.attname, value)
        return value
