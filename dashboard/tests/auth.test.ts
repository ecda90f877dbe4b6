import { beforeEach, describe, expect, it } from "vitest";
import { Account, otpauthUri, Registration } from "../src/auth/account";
import { AuthError, failure } from "../src/auth/errors";
import { Session } from "../src/auth/session";
import { afterRefusal } from "../src/auth/steps";
import { challenge, FakeCognito, json, madeTokens, refusal, sharedPlace, tokens } from "./fake-cognito";

let service: FakeCognito;

beforeEach(() => {
  service = new FakeCognito();
});

describe("sign-in", () => {
  it("proves the password and does not send it", async () => {
    service.will(challenge, tokens("id-1", "refresh-1"));
    const outcome = await service.client.signIn("a@example.org", "secret-password");
    expect(outcome).toMatchObject({ accessToken: "access-id-1", refreshToken: "refresh-1", expiresAt: 4_600_000 });
    expect(service.calls.map((call) => call.operation)).toEqual(["InitiateAuth", "RespondToAuthChallenge"]);
    expect(service.calls[0]?.body).toMatchObject({
      AuthFlow: "USER_SRP_AUTH",
      ClientId: "client",
      AuthParameters: { USERNAME: "a@example.org", SRP_A: expect.stringMatching(/^[0-9a-f]{700,768}$/) as string },
    });
    expect(service.calls[1]?.body).toMatchObject({
      ChallengeName: "PASSWORD_VERIFIER",
      ChallengeResponses: { USERNAME: "user-1", TIMESTAMP: "Thu Jan 1 00:16:40 UTC 1970" },
    });
    expect(JSON.stringify(service.calls)).not.toContain("secret-password");
  });

  it("asks for the app's code where the account has one, and sends it on", async () => {
    service.will(challenge, json({ ChallengeName: "SOFTWARE_TOKEN_MFA", Session: "s-1" }), tokens("id-1", "refresh-1"));
    const further = await service.client.signIn("a@example.org", "password");
    expect(further).toEqual({ step: "mfa", user: "user-1", session: "s-1" });
    if (!("step" in further)) throw new Error("signed in without the code");
    await service.client.answer(further, "123456");
    expect(service.calls[2]?.body).toMatchObject({
      ChallengeName: "SOFTWARE_TOKEN_MFA",
      Session: "s-1",
      ChallengeResponses: { USERNAME: "user-1", SOFTWARE_TOKEN_MFA_CODE: "123456" },
    });
  });

  it("replaces a temporary password", async () => {
    service.will(challenge, json({ ChallengeName: "NEW_PASSWORD_REQUIRED", Session: "s-1" }), tokens("id-1", "r"));
    const further = await service.client.signIn("a@example.org", "temporary");
    if (!("step" in further)) throw new Error("signed in with a temporary password");
    await service.client.answer(further, "My-own-password-1");
    expect(service.calls[2]?.body).toMatchObject({ ChallengeResponses: { NEW_PASSWORD: "My-own-password-1" } });
  });

  it("gives up on a step that it does not know, and on a challenge that is no SRP", async () => {
    service.will(challenge, json({ ChallengeName: "SMS_MFA" }), json({ ChallengeName: "CUSTOM_CHALLENGE" }));
    await expect(service.client.signIn("a@example.org", "x")).rejects.toMatchObject({ kind: "service" });
    await expect(service.client.signIn("a@example.org", "x")).rejects.toMatchObject({ kind: "service" });
  });

  it("tells a network that is down from a wrong password", async () => {
    await expect(service.client.signIn("a@example.org", "x")).rejects.toMatchObject({ kind: "network" });
  });
});

describe("a refusal", () => {
  it.each([
    ["a wrong password", "sign-in", "NotAuthorizedException", "credentials", /Incorrect email/],
    ["an unknown account, in the same words", "sign-in", "UserNotFoundException", "credentials", /Incorrect email/],
    ["a namespaced error type", "sign-in", "com.amazonaws#NotAuthorizedException", "credentials", /Incorrect email/],
    ["too many attempts", "sign-in", "TooManyRequestsException", "network", /Wait a few minutes/],
    ["too many codes", "code", "LimitExceededException", "network", /Wait a few minutes/],
    ["too many wrong codes", "code", "TooManyFailedAttemptsException", "network", /Wait a few minutes/],
    ["an address that is not confirmed", "sign-in", "UserNotConfirmedException", "unconfirmed", /code/],
    ["a password that was reset", "sign-in", "PasswordResetRequiredException", "reset", /new password/],
    ["a wrong code", "code", "CodeMismatchException", "credentials", /not correct/],
    ["a code for nobody, in the same words", "code", "UserNotFoundException", "credentials", /not correct/],
    ["an old code", "code", "ExpiredCodeException", "credentials", /Request a new one/],
    ["an app's code used twice", "mfa", "ExpiredCodeException", "credentials", /next code/],
    ["an app with another secret", "mfa", "EnableSoftwareTokenMFAException", "credentials", /not correct/],
    ["a sign-in that took too long", "mfa", "NotAuthorizedException", "expired", /Sign in again/],
    ["a weak password", "code", "InvalidPasswordException", "credentials", /requirements/],
    ["a wrong current password", "change-password", "NotAuthorizedException", "credentials", /current password/],
    ["a session that is over", "account", "NotAuthorizedException", "expired", /session has ended/],
    ["a wrong client id", "sign-in", "ResourceNotFoundException", "service", /client ID/],
  ] as const)("explains %s", (_name, purpose, type, kind, message) => {
    const explained = failure(400, { __type: type }, purpose);
    expect(explained).toBeInstanceOf(AuthError);
    expect(explained).toMatchObject({ kind, message: expect.stringMatching(message) as string });
  });

  it("tells being locked out from a wrong password", () => {
    const body = { __type: "NotAuthorizedException", message: "Password attempts exceeded" };
    expect(failure(400, body, "sign-in")).toMatchObject({ kind: "network" });
  });

  it("is the service's trouble where it is no refusal", () => {
    expect(failure(500, { __type: "InternalErrorException" }, "sign-in")).toMatchObject({ kind: "network" });
    expect(failure(502, null, "sign-in")).toMatchObject({ kind: "network" });
  });

  it("leads to the step that helps", () => {
    const leads = (kind: AuthError["kind"]) => afterRefusal(new AuthError(kind, ""), "a@example.org", "password");
    expect(leads("unconfirmed")).toEqual({ name: "confirm", email: "a@example.org", password: "password" });
    expect(leads("reset")).toEqual({ name: "forgot", email: "a@example.org" });
    expect(leads("expired")).toEqual({ name: "sign-in", email: "a@example.org" });
    expect(leads("credentials")).toBeNull();
    expect(leads("network")).toBeNull();
    expect(afterRefusal(new TypeError(), "a@example.org", "password")).toBeNull();
  });
});

describe("registration", () => {
  const registration = () => new Registration(service.client);

  it("signs up with the address as the user's name", async () => {
    service.will(json({}));
    await registration().signUp("a@example.org", "My-own-password-1");
    expect(service.calls[0]).toMatchObject({
      operation: "SignUp",
      body: {
        ClientId: "client",
        Username: "a@example.org",
        UserAttributes: [{ Name: "email", Value: "a@example.org" }],
      },
    });
  });

  it("answers the same for an address that has an account", async () => {
    service.will(refusal("UsernameExistsException"));
    await expect(registration().signUp("a@example.org", "My-own-password-1")).resolves.toBeUndefined();
  });

  it.each(["UserNotFoundException", "InvalidParameterException", "NotAuthorizedException"])(
    "sends codes to nobody in silence (%s)",
    async (type) => {
      service.will(refusal(type), refusal(type));
      await expect(registration().forgot("nobody@example.org")).resolves.toBeUndefined();
      await expect(registration().resend("nobody@example.org")).resolves.toBeUndefined();
    },
  );

  it("says when there were too many", async () => {
    service.will(refusal("LimitExceededException"));
    await expect(registration().forgot("a@example.org")).rejects.toMatchObject({ kind: "network" });
  });
});

describe("the account of a session", () => {
  const account = () => {
    const session = Session.begin(service.client, madeTokens("id-1", 9_000_000), "a@example.org", sharedPlace(service));
    return { session, account: new Account(service.client, session) };
  };

  it("turns the second factor on only after the app's code was checked", async () => {
    service.will(json({ SecretCode: "BASE32" }), refusal("EnableSoftwareTokenMFAException"));
    const made = account().account;
    expect(await made.newMfaSecret()).toBe("BASE32");
    await expect(made.turnOnMfa("000000")).rejects.toMatchObject({ kind: "credentials" });
    expect(service.calls.map((call) => call.operation)).toEqual(["AssociateSoftwareToken", "VerifySoftwareToken"]);
    service.will(json({ Status: "SUCCESS" }), json({}));
    await made.turnOnMfa("123456");
    expect(service.calls[3]).toMatchObject({
      operation: "SetUserMFAPreference",
      body: { AccessToken: "access-id-1", SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } },
    });
  });

  it("checks a password without another session being left behind", async () => {
    service.will(challenge, tokens("id-2", "refresh-2"), json({}));
    await account().account.check("password");
    expect(service.calls[2]).toMatchObject({ operation: "RevokeToken", body: { Token: "refresh-2" } });
  });

  it("takes a password as proved where the code of the app is asked next", async () => {
    service.will(challenge, json({ ChallengeName: "SOFTWARE_TOKEN_MFA", Session: "s" }));
    await expect(account().account.check("password")).resolves.toBeUndefined();
  });

  it("is forgotten by this browser once it is deleted", async () => {
    const place = sharedPlace(service);
    const session = Session.begin(service.client, madeTokens("id-1", 9_000_000), "a@example.org", place);
    service.will(json({}));
    await new Account(service.client, session).delete();
    expect(service.calls[0]).toMatchObject({ operation: "DeleteUser", body: { AccessToken: "access-id-1" } });
    expect(place.storage.items.size).toBe(0);
  });

  it("gives authenticator apps an address that names account and issuer", () => {
    expect(otpauthUri("a+b@example.org", "BASE32")).toBe(
      "otpauth://totp/stream-sync%3Aa%2Bb%40example.org?secret=BASE32&issuer=stream-sync",
    );
  });
});
