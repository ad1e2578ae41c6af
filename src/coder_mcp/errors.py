"""What can go wrong, and whose problem it is.

    CoderMcpError
    ├── BadArguments         the call's own: the model can fix it
    ├── SettingsError        the person's configuration
    ├── CoderUnreachable     no answer: DNS, refused, TLS, time-out, a cut connection
    ├── NotCoder             an answer that Coder's API would not give: HTML, a redirect, other JSON
    └── CoderError           an error that Coder answered, with its envelope
        ├── Unauthorized     401: the session token
        ├── Forbidden        403: visible, but not allowed
        ├── NotFound         404: missing, or not visible to this token
        │   └── NoSuchRoute  404: this server does not have that part of Coder's API
        ├── Gone             410: the workspace was deleted
        └── CoderBroken      429 and 5xx: the deployment's, and perhaps temporary

The text of an exception is ours and safe to show. What the deployment said stays apart, in
`response`, and is cleaned before anyone reads it.
"""

from coder_mcp.models.wire import ErrorResponse

GOES_ON = "Nothing was canceled: the build goes on without this call."
"""What is added to an error that ends a wait."""


class CoderMcpError(Exception):
    """Anything that we foresee; its text says whose problem it is and what to do next."""


class BadArguments(CoderMcpError):
    """The call's arguments are not usable; nothing was changed."""


class SettingsError(CoderMcpError):
    """The URL or the session token is missing or not usable; nothing was sent."""


class CoderUnreachable(CoderMcpError):
    """No answer came back.

    Attributes:
        sent: Whether the request may have reached the deployment. False only where no
            connection was made, and then the same request may be sent again.
        layer: Where on the way it ended, if it is certain: `TLS` or `proxy`; else empty.
    """

    def __init__(self, message: str, *, sent: bool, layer: str = "") -> None:
        super().__init__(message)
        self.sent = sent
        self.layer = layer


class NotCoder(CoderMcpError):
    """Something answered that is not Coder's API, or not in the form that it has.

    Attributes:
        refused: Whether that was a refusal (3xx or 4xx), so that nothing can have happened.
    """

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


class CoderError(CoderMcpError):
    """Coder answered with an error.

    Attributes:
        status: The HTTP status.
        response: Coder's envelope: text from outside.
        request_id: Coder's `X-Coder-Request-Id`, for the administrator's logs; may be empty.
        asked: Method and path, without what all paths begin with: `GET /users/me`.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        response: ErrorResponse,
        request_id: str = "",
        asked: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.response = response
        self.request_id = request_id
        self.asked = asked


class Unauthorized(CoderError):
    """401: no token, an unknown, expired or malformed one, or a suspended account."""


class Forbidden(CoderError):
    """403: the object is visible to this token, the action is not allowed."""


class NotFound(CoderError):
    """404: missing, or not visible to this token; Coder does not tell these apart."""


class NoSuchRoute(NotFound):
    """404: the server does not have the route: it is older, or built without that part."""


class Gone(CoderError):
    """410: a workspace that was deleted, asked for by its id."""


class CoderBroken(CoderError):
    """429 and 5xx: it may answer later."""
