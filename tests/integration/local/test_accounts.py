"""What people do with their accounts, over HTTP against the emulator: as Cognito answers the dashboard."""

import json
import secrets
from typing import Any

import pytest

from local.srp import SrpClient
from tests.integration.local.cognito_browser import Browser
from tests.support import totp

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("FX-18")]

# ministack's own (local/gateway/site.py).
CONFIRMATION, RESET = "123456", "654321"


class Person:
    """Somebody with an address, at the sign-in page."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.password = f"{secrets.token_hex(6)}-aA1"

    async def ask(self, operation: str, **body: Any) -> dict[str, Any]:
        status, answer = await self._browser.ask(operation, json.dumps(body))
        assert (status == 200) == ("__type" not in answer)
        return answer

    async def at_client(self, operation: str, **body: Any) -> dict[str, Any]:
        return await self.ask(operation, ClientId=self._browser.client_id, **body)

    async def sign_up(self) -> dict[str, Any]:
        email = {"Name": "email", "Value": self.email}
        return await self.at_client("SignUp", Username=self.email, Password=self.password, UserAttributes=[email])

    async def confirm(self, code: str = CONFIRMATION) -> dict[str, Any]:
        return await self.at_client("ConfirmSignUp", Username=self.email, ConfirmationCode=code)

    async def sign_in(self, password: str | None = None) -> dict[str, Any]:
        client = SrpClient(self._browser.user_pool, password or self.password)
        parameters = {"USERNAME": self.email, "SRP_A": client.public_value}
        asked = await self.at_client("InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
        if "__type" in asked:
            return asked
        proof = client.proof(asked["ChallengeParameters"])
        return await self.at_client(
            "RespondToAuthChallenge", ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=proof
        )

    async def signed_in(self) -> dict[str, Any]:
        tokens: dict[str, Any] = (await self.sign_in())["AuthenticationResult"]
        return tokens


@pytest.fixture
async def person(browser: Browser) -> Person:
    """Signed up and confirmed."""
    somebody = Person(browser)
    await somebody.sign_up()
    await somebody.confirm()
    return somebody


async def test_account_is_good_after_its_code_and_not_before(browser: Browser) -> None:
    somebody = Person(browser)
    assert (await somebody.sign_up())["UserConfirmed"] is False
    assert (await somebody.sign_in())["__type"] == "UserNotConfirmedException"
    assert (await somebody.confirm("000000"))["__type"] == "CodeMismatchException"
    assert await somebody.at_client("ResendConfirmationCode", Username=somebody.email)
    assert await somebody.confirm() == {}
    assert "IdToken" in (await somebody.sign_in())["AuthenticationResult"]


async def test_password_is_proved_and_cannot_be_sent(person: Person) -> None:
    assert (await person.sign_in("Wrong-password-1"))["__type"] == "NotAuthorizedException"
    plain = {"USERNAME": person.email, "PASSWORD": person.password}
    refused = await person.at_client("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=plain)
    assert refused["__type"] == "InvalidParameterException"


async def test_nobody_learns_who_has_an_account(person: Person, browser: Browser) -> None:
    nobody = Person(browser)
    for one in (person, nobody):
        assert (await one.sign_in("Wrong-password-1"))["__type"] == "NotAuthorizedException"
        assert "CodeDeliveryDetails" in await one.at_client("ForgotPassword", Username=one.email)
        reset = {"Username": one.email, "ConfirmationCode": "000000", "Password": "Another-password-1"}
        assert (await one.at_client("ConfirmForgotPassword", **reset))["__type"] == "CodeMismatchException"


async def test_weak_password_is_refused(browser: Browser) -> None:
    somebody = Person(browser)
    somebody.password = "Short-aA1"
    assert (await somebody.sign_up())["__type"] == "InvalidPasswordException"


async def test_forgotten_password_is_replaced_by_a_code(person: Person) -> None:
    await person.at_client("ForgotPassword", Username=person.email)
    reset = {"Username": person.email, "ConfirmationCode": RESET, "Password": "Another-password-1"}
    assert await person.at_client("ConfirmForgotPassword", **reset) == {}
    assert (await person.sign_in())["__type"] == "NotAuthorizedException"
    assert "AuthenticationResult" in await person.sign_in("Another-password-1")


async def test_password_is_changed_by_who_knows_it(person: Person) -> None:
    access = (await person.signed_in())["AccessToken"]
    change = {"AccessToken": access, "ProposedPassword": "Another-password-1"}
    refused = await person.ask("ChangePassword", PreviousPassword="Wrong-password-1", **change)
    assert refused["__type"] == "NotAuthorizedException"
    assert await person.ask("ChangePassword", PreviousPassword=person.password, **change) == {}
    assert "AuthenticationResult" in await person.sign_in("Another-password-1")


async def test_second_factor_is_asked_for_from_its_setup_until_it_is_off(person: Person) -> None:
    access = (await person.signed_in())["AccessToken"]
    secret = (await person.ask("AssociateSoftwareToken", AccessToken=access))["SecretCode"]
    wrong = await person.ask("VerifySoftwareToken", AccessToken=access, UserCode="000000")
    assert wrong["__type"] == "EnableSoftwareTokenMFAException"
    right = await person.ask("VerifySoftwareToken", AccessToken=access, UserCode=totp.code(secret))
    assert right["Status"] == "SUCCESS"

    asked = await person.sign_in()
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    user = asked["ChallengeParameters"]["USER_ID_FOR_SRP"]

    async def respond(code: str) -> dict[str, Any]:
        responses = {"USERNAME": user, "SOFTWARE_TOKEN_MFA_CODE": code}
        challenge = {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": asked["Session"]}
        return await person.at_client("RespondToAuthChallenge", ChallengeResponses=responses, **challenge)

    assert (await respond("000000"))["__type"] == "CodeMismatchException"
    assert "AuthenticationResult" in await respond(totp.code(secret))

    off = {"Enabled": False, "PreferredMfa": False}
    await person.ask("SetUserMFAPreference", AccessToken=access, SoftwareTokenMfaSettings=off)
    assert "AuthenticationResult" in await person.sign_in()


async def test_refresh_token_works_until_it_is_revoked(person: Person) -> None:
    tokens = await person.signed_in()
    refresh = {"RefreshToken": tokens["RefreshToken"]}
    renewed = await person.at_client("GetTokensFromRefreshToken", **refresh)
    assert {"IdToken", "AccessToken"} <= set(renewed["AuthenticationResult"])
    await person.at_client("RevokeToken", Token=tokens["RefreshToken"])
    assert (await person.at_client("GetTokensFromRefreshToken", **refresh))["__type"] == "NotAuthorizedException"


async def test_access_token_is_no_use_after_signing_out_everywhere_or_with_another_signature(person: Person) -> None:
    access = (await person.signed_in())["AccessToken"]
    head, _, signature = access.rpartition(".")
    forged = f"{head}.{signature[::-1]}"
    assert (await person.ask("GetUser", AccessToken=forged))["__type"] == "NotAuthorizedException"
    assert await person.ask("GlobalSignOut", AccessToken=access) == {}
    assert (await person.ask("GetUser", AccessToken=access))["__type"] == "NotAuthorizedException"


async def test_deleted_account_cannot_sign_in_and_its_address_is_free(person: Person) -> None:
    access = (await person.signed_in())["AccessToken"]
    assert await person.ask("DeleteUser", AccessToken=access) == {}
    assert (await person.sign_in())["__type"] == "NotAuthorizedException"
    assert (await person.sign_up())["UserConfirmed"] is False
