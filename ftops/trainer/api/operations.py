"""Every operation of the API, in one list."""

from ftops.trainer.api.chat import routes as chat
from ftops.trainer.api.chat import stored
from ftops.trainer.api.files import routes as files
from ftops.trainer.api.graders import routes as graders
from ftops.trainer.api.jobs import permissions
from ftops.trainer.api.jobs import routes as jobs
from ftops.trainer.api.models import routes as models
from ftops.trainer.api.responses import routes as responses
from ftops.trainer.api.uploads import routes as uploads

ENDPOINTS = (
    *files.ENDPOINTS,
    *uploads.ENDPOINTS,
    *jobs.ENDPOINTS,
    *permissions.ENDPOINTS,
    *graders.ENDPOINTS,
    *models.ENDPOINTS,
    *chat.ENDPOINTS,
    *stored.ENDPOINTS,
    *responses.ENDPOINTS,
)
