"""The parameters of a call to an API of the RPC style, wherever a client puts them."""

from local.wire.serving import Request

FORM = "application/x-www-form-urlencoded"


def parameters(request: Request) -> dict[str, str]:
    """The API parameters: from the query, as older SDKs send them, and from the form body, which prevails."""
    is_form = request.headers.get("Content-Type", "").partition(";")[0].strip().lower() == FORM
    return {**request.parameters, **(request.form if is_form else {})}
