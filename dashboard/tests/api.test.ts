import { beforeEach, describe, expect, it } from "vitest";
import { Api } from "../src/api";
import { AuthError } from "../src/auth/errors";
import { ApiProblem, explain } from "../src/problem";
import { channel } from "./messages";

let requests: { url: string; method: string; token: string; body: unknown }[];
let answers: (() => Response)[];
let signedOut: boolean;
let renewals: number;
let api: Api;

beforeEach(() => {
  requests = [];
  answers = [];
  signedOut = false;
  renewals = 0;
  const tokens = {
    token: (force = false) => Promise.resolve(force ? `renewed-${++renewals}` : "first"),
  };
  const fetcher: typeof fetch = (input, init) => {
    const headers = init?.headers as Record<string, string>;
    requests.push({
      url: String(input),
      method: init?.method ?? "GET",
      token: headers.Authorization ?? "",
      body: init?.body ? (JSON.parse(String(init.body)) as unknown) : null,
    });
    const answer = answers.shift();
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("Failed to fetch"));
  };
  api = new Api("https://api.test", tokens, () => (signedOut = true), fetcher);
});

async function failure(promise: Promise<unknown>): Promise<ApiProblem> {
  const caught = await promise.catch((error: unknown) => error);
  expect(caught).toBeInstanceOf(ApiProblem);
  return caught as ApiProblem;
}

it("calls with the bearer token", async () => {
  answers.push(() => Response.json(channel()));
  expect((await api.channel()).channel_id).toBe("ch_1");
  expect(requests).toEqual([{ url: "https://api.test/api/channel", method: "GET", token: "Bearer first", body: null }]);
});

it("asks for the key only in revealKey", async () => {
  answers.push(() => Response.json({ key_id: "k", stream_key: "SECRET", stream_key_masked: "••••CRET" }));
  expect((await api.revealKey()).stream_key).toBe("SECRET");
  expect(requests[0]?.url).toBe("https://api.test/api/channel/credentials?reveal=true");
});

describe("failures", () => {
  it("renews the token once on 401 and goes on", async () => {
    answers.push(
      () => Response.json({}, { status: 401 }),
      () => Response.json(channel()),
    );
    await api.channel();
    expect(requests.map((request) => request.token)).toEqual(["Bearer first", "Bearer renewed-1"]);
    expect(signedOut).toBe(false);
  });

  it("signs out when a renewed token is refused too", async () => {
    answers.push(
      () => Response.json({}, { status: 401 }),
      () => Response.json({}, { status: 401 }),
    );
    await failure(api.channel());
    expect(signedOut).toBe(true);
  });

  it("stays signed in when the API could not check the token", async () => {
    const away = () =>
      Response.json({ code: "identity_unavailable", action: "Try again in a moment." }, { status: 401 });
    answers.push(away, away);
    expect((await failure(api.channel())).action).toBe("Try again in a moment.");
    expect(signedOut).toBe(false);
  });

  it("signs out when the session cannot be renewed", async () => {
    const over = new Api(
      "",
      { token: () => Promise.reject(new AuthError("expired", "over")) },
      () => (signedOut = true),
    );
    expect((await failure(over.channel())).code).toBe("signed_out");
    expect(signedOut).toBe(true);
  });

  it("stays signed in when the network is down", async () => {
    expect((await failure(api.channel())).code).toBe("network");
    expect(signedOut).toBe(false);
  });

  it("carries the problem's detail, action and fields", async () => {
    answers.push(() =>
      Response.json(
        {
          title: "The request is not valid",
          detail: "The title is too long.",
          code: "invalid_input",
          action: "Shorten it.",
          errors: [
            { field: "title", problem: "must have at most 140 characters" },
            { field: "tags.2", problem: "must not be empty" },
          ],
        },
        { status: 400 },
      ),
    );
    const problem = await failure(api.saveDetails({ title: "x".repeat(200) }));
    expect(problem).toMatchObject({ status: 400, code: "invalid_input" });
    expect(problem.fields).toEqual({ title: "must have at most 140 characters", tags: "must not be empty" });
    expect(explain(problem)).toBe("The title is too long. Shorten it.");
  });

  it("has words even for an answer that is no problem document", async () => {
    answers.push(() => new Response("<h1>Bad Gateway</h1>", { status: 502 }));
    expect(explain(await failure(api.channel()))).toBe("The server answered 502. Try again in a moment.");
  });
});

describe("what is stored of a stream", () => {
  it("is read page by page, from a moment on", async () => {
    answers.push(
      () => Response.json({ samples: [{ at: "1" }], next_cursor: "more" }),
      () => Response.json({ samples: [{ at: "2" }], next_cursor: null }),
    );
    expect(await api.samples("s", 10, 0)).toEqual([{ at: "1" }, { at: "2" }]);
    const path = "https://api.test/api/streams/s/samples?resolution=10&since=1970-01-01T00%3A00%3A00.000Z";
    expect(requests.map(({ url }) => url)).toEqual([path, `${path}&cursor=more`]);
  });

  it("is exported with the token in a header", async () => {
    answers.push(() => new Response("time_utc\n"));
    expect(await (await api.export("s", "csv")).text()).toBe("time_utc\n");
    expect(requests[0]).toMatchObject({
      url: "https://api.test/api/streams/s/export?format=csv",
      token: "Bearer first",
    });
  });

  it("is not a file when the server refuses", async () => {
    answers.push(() => Response.json({ detail: "No such stream.", code: "stream_not_found" }, { status: 404 }));
    expect((await failure(api.export("s", "csv"))).detail).toBe("No such stream.");
  });
});
