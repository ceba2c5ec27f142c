"""Pages of the organizations room. Settings name the handlers that are imported here."""

from bangfu.organizations.views.entrance import sign_in_and_go_on
from bangfu.organizations.views.faults import bad_request, csrf_failure, forbidden, locked_out, not_found, server_error

__all__ = ["bad_request", "csrf_failure", "forbidden", "locked_out", "not_found", "server_error", "sign_in_and_go_on"]
