/** What goes wrong between the page and the API. */

import { t } from "./words/common";

/** RFC 9457 problem details, or the same shape for a failure on the way (`code` "network" or "unreadable"). */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** What the user can do about it; may be empty. */
    readonly action: string,
    /** Message by name of the (outermost) field, for a form. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

export function unreadable(): ApiProblem {
  return new ApiProblem(0, "unreadable", t.unreadable, t.reload);
}

interface ProblemDetails {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly action?: string;
  readonly errors?: readonly { readonly field: string; readonly problem: string }[];
}

export function problem(status: number, answer: unknown): ApiProblem {
  const found = (answer ?? {}) as ProblemDetails;
  const fields = Object.fromEntries((found.errors ?? []).map((each) => [each.field.split(".")[0], each.problem]));
  return new ApiProblem(
    status,
    found.code ?? "unknown",
    found.detail ?? found.title ?? t.serverAnswered(status),
    found.action ?? (status >= 500 ? t.tryAgainSoon : ""),
    fields,
  );
}

/** A failure as one or two sentences. */
export function explain(error: unknown): string {
  if (error instanceof ApiProblem) return [error.detail, error.action].filter(Boolean).join(" ");
  if (error instanceof Error) return error.message;
  return t.somethingWrong;
}
