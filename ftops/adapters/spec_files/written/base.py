"""`Written`: the base of everything that people write."""

from pydantic import BaseModel, ConfigDict


class Written(BaseModel):
    """What people write: frozen, and every unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)
