"""A job as somebody would launch it elsewhere: the guide's own form, and OpenAI's."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ftops.core.spec import Method

Side = Literal["train", "validation"]
Rows = list[dict[str, Any]] | str
FileId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$")]
Given = dict[str, str | float | int]


class MethodSettings(BaseModel):
    """What belongs to one method."""

    model_config = ConfigDict(extra="ignore")

    hyperparameters: Given | None = None
    grader: dict[str, Any] | None = None


class WantedMethod(BaseModel):
    """A method in OpenAI's form; the settings of another one than `type` are left out."""

    model_config = ConfigDict(extra="ignore")

    type: Method
    supervised: MethodSettings | None = None
    dpo: MethodSettings | None = None
    reinforcement: MethodSettings | None = None

    @property
    def settings(self) -> MethodSettings:
        """Return those of this method."""
        return getattr(self, self.type) or MethodSettings()


class WantedJob(BaseModel):
    """A job as the API of many platforms would launch it; what else it holds is left out."""

    model_config = ConfigDict(extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=200)]
    training_data: Rows | None = None
    validation_data: Rows | None = None
    training_file: FileId | None = None
    validation_file: FileId | None = None
    suffix: Annotated[str, Field(max_length=200)] | None = None
    method: WantedMethod | None = None
    hyperparameters: Given | None = None
    metadata: dict[str, str] | None = None
    seed: int | None = None

    def data(self, side: Side) -> tuple[Rows | None, str | None]:
        """Return the rows of one side, and the file that holds them where they are not here."""
        if side == "train":
            return self.training_data or None, self.training_file
        return self.validation_data or None, self.validation_file

    @property
    def asked(self) -> Given:
        """Return the hyperparameters; a method's own count over those beside it."""
        of_method = self.method.settings.hyperparameters if self.method else None
        return {**(self.hyperparameters or {}), **(of_method or {})}
