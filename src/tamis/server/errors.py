"""Every refusal as one JSON shape: `{error, code, field?, request_id}`."""

import errno
import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from tamis.model import errors
from tamis.model.errors import TamisError
from tamis.model.noun import Noun

log = logging.getLogger("tamis.server")

_UNEXPECTED = "Something went wrong inside Tamis. Its log has the details under this request id."
_FULL = {errno.ENOSPC, errno.EDQUOT}
_SHOWN = 3
_BY_STATUS = {kind.status: kind.code for kind in errors.BY_CODE.values()}


class ErrorBody(Noun):
    """What went wrong: a sentence for people, a code for programs, the parameter at fault if there is one."""

    error: str
    code: str
    field: str | None = None
    request_id: str


DOCUMENTED: dict[int | str, dict[str, object]] = {
    status: {"model": ErrorBody, "description": HTTPStatus(status).phrase}
    for status in (401, 403, 404, 409, 413, 422)
}
"""The refusals that the OpenAPI names at every route."""


def register(app: FastAPI) -> None:
    """Answer our errors and the framework's own in the one shape."""
    app.add_exception_handler(TamisError, _known)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _of_framework)


def refusal(error: TamisError, request_id: str) -> JSONResponse:
    """Answer a refusal of ours."""
    return _answer(error.status, error.message, error.code, request_id, error.field)


def unexpected(error: Exception, request_id: str) -> JSONResponse:
    """Log an error that nobody foresaw, and answer with no more than the id to find it by."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return refusal(errors.NoSpace("The disk is full. Make room, then try again."), request_id)
    log.error("Request %s failed.", request_id, exc_info=error)
    return _answer(500, _UNEXPECTED, TamisError.code, request_id)


def _known(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TamisError)
    if error.status >= 500:
        log.error("Request %s: %s", request.state.request_id, error.message, exc_info=error)
    return refusal(error, request.state.request_id)


def _not_valid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    first = ".".join(str(part) for part in found[0]["loc"][1:])  # the first part says body, query or path
    sentences = [errors.sentence_of(one["loc"][1:], one["msg"]) for one in found[:_SHOWN]]
    if len(found) > _SHOWN:
        sentences.append(f"And {len(found) - _SHOWN} more.")
    return _answer(422, " ".join(sentences), errors.Invalid.code, request.state.request_id, first or None)


def _of_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, TamisError):  # raised while the body was read
        return refusal(error.__cause__, request.state.request_id)
    if error.status_code == 404:
        message = "There is nothing at this address."
    elif error.status_code == 405:
        message = f"This address does not answer {request.method}."
    else:
        message = str(error.detail)
    status = 422 if error.status_code == 400 else error.status_code
    code = _BY_STATUS.get(status, errors.Invalid.code)
    answer = _answer(status, message, code, request.state.request_id)
    answer.headers.update(error.headers or {})
    return answer


def _answer(status: int, message: str, code: str, request_id: str, field: str | None = None) -> JSONResponse:
    body = ErrorBody(error=message, code=code, field=field, request_id=request_id)
    answer = JSONResponse(body.model_dump(exclude_none=True), status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
