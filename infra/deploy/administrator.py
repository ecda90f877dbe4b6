"""The step `administrator`: the first account, in the group that makes it an administrator's.

Its password is made here, stored in Secrets Manager, and printed nowhere.
"""

import secrets
import string

from botocore.exceptions import ClientError

from infra.deploy.run import CannotDeploy, Run

GROUP = "admin"  # ADMIN_ROLE in docs/operations.md
SECRET = "first-administrator"  # noqa: S105 - a name
LENGTH = 24


def user_pool(run: Run) -> str:
    return run.output("OidcIssuer").rpartition("/")[2]


def create(run: Run) -> None:
    """Does nothing once there is an administrator. Raises CannotDeploy."""
    cognito, pool = run.client("cognito-idp"), user_pool(run)
    try:
        cognito.create_group(UserPoolId=pool, GroupName=GROUP, Description="Administrators")
    except ClientError as error:
        if error.response["Error"]["Code"] != "GroupExistsException":
            raise
    found = cognito.list_users_in_group(UserPoolId=pool, GroupName=GROUP, Limit=1)["Users"]
    if found:
        run.say("  there is an administrator")
        return
    email = run.administrator
    if not email or "@" not in email:
        raise CannotDeploy("No administrator yet: give their address with ARGS='--administrator you@example.com'")
    password = made_password()
    _keep(run, password)
    try:
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=email,
            MessageAction="SUPPRESS",
            # An unverified address is neither shown to administrators nor blocked.
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "UsernameExistsException":
            raise
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=GROUP)
    run.say(f"  {email} is an administrator. The password:")
    read = f"aws secretsmanager get-secret-value --secret-id {run.stage.secret(SECRET)}"
    run.say(f"    {read} --query SecretString --output text")


def made_password() -> str:
    """As the pool demands: upper and lower case, digits, symbols."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.!")
    letters = [secrets.choice(kind) for kind in kinds]
    letters += [secrets.choice("".join(kinds)) for _ in range(LENGTH - len(kinds))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


def _keep(run: Run, password: str) -> None:
    manager, name = run.client("secretsmanager"), run.stage.secret(SECRET)
    try:
        manager.create_secret(Name=name, SecretString=password, Description="Password of the first administrator")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceExistsException":
            raise
        manager.put_secret_value(SecretId=name, SecretString=password)


def delete(run: Run) -> None:
    """The stored password, with the stage."""
    try:
        run.client("secretsmanager").delete_secret(SecretId=run.stage.secret(SECRET), RecoveryWindowInDays=7)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("ResourceNotFoundException", "InvalidRequestException"):
            raise


__all__ = ["GROUP", "create", "delete", "made_password", "user_pool"]
