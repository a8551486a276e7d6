"""Refusals in OpenAI's shape."""

from ftops.trainer.api.vocabulary import ErrorBody


class RefusalError(Exception):
    """An answer other than what was asked for."""

    def __init__(
        self, status: int, message: str, *, param: str | None = None, code: str | None = None
    ) -> None:
        """Say it with an HTTP status, the parameter at fault and a code, where there is one."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code

    def body(self) -> ErrorBody:
        """Return OpenAI's error body."""
        return error_body(self.message, param=self.param, code=self.code)


def error_body(
    message: str,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
) -> ErrorBody:
    """Write an error as OpenAI does."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def no_such_file(file_id: str) -> RefusalError:
    """Say that no file has that id."""
    return RefusalError(404, f"No such File object: {file_id}", param="id")


def no_such_job(job_id: str) -> RefusalError:
    """Say that no job has that id."""
    return RefusalError(
        404,
        f"Could not find fine tune: {job_id}",
        param="fine_tuning_job_id",
        code="fine_tune_not_found",
    )


def no_such_model(model: str) -> RefusalError:
    """Say that no model has that id."""
    return RefusalError(
        404,
        f"The model `{model}` does not exist or you do not have access to it.",
        param="model",
        code="model_not_found",
    )


def not_trainable(model: str) -> RefusalError:
    """Say that the base model is none we could train."""
    return RefusalError(
        400,
        f"Model {model} is not available for fine-tuning or does not exist.",
        param="model",
        code="model_not_found",
    )


def no_such_upload(upload_id: str) -> RefusalError:
    """Say that no upload has that id."""
    return RefusalError(404, f"No such Upload object: {upload_id}", param="upload_id")


def unknown_cursor(after: str) -> RefusalError:
    """Say that a page cannot begin where nothing is."""
    return invalid("after", f"nothing in this list has the id '{after}'; list from its beginning")


def missing(param: str) -> RefusalError:
    """Say that a required parameter was not sent."""
    return RefusalError(
        400,
        f"Missing required parameter: '{param}'.",
        param=param,
        code="missing_required_parameter",
    )


def invalid(param: str, words: str) -> RefusalError:
    """Say what is wrong with a parameter's value."""
    return RefusalError(400, f"Invalid '{param}': {words}.", param=param, code="invalid_value")
