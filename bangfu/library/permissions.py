"""Who may read the policy library: everybody who is signed in. The rules are no secret."""

from bangfu.organizations.choices import Role

READERS = tuple(Role)
