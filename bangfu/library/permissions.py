"""Who may read the policy library: everybody who is signed in. The rules are no secret. Official files are put there by an administrator."""

from bangfu.organizations.choices import Role

READERS = tuple(Role)
KEEPERS = (Role.ACCOUNT_ADMIN,)
