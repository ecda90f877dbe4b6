/** The steps of signing in, apart from how they look. Pure. */

import type { Further } from "./cognito";
import { AuthError } from "./errors";

export type Step =
  | { readonly name: "sign-in"; readonly email: string }
  /** A code of the authenticator app, or a password in place of a temporary one. */
  | { readonly name: "further"; readonly email: string; readonly further: Further }
  | { readonly name: "sign-up"; readonly email: string }
  /** The code that proves the address. With the password, signing in follows. */
  | { readonly name: "confirm"; readonly email: string; readonly password: string | null }
  | { readonly name: "forgot"; readonly email: string }
  | { readonly name: "reset"; readonly email: string };

/** Where a refused sign-in leads, if to another step than the form it came from. */
export function afterRefusal(error: unknown, email: string, password: string): Step | null {
  if (!(error instanceof AuthError)) return null;
  if (error.kind === "unconfirmed") return { name: "confirm", email, password };
  if (error.kind === "reset") return { name: "forgot", email };
  if (error.kind === "expired") return { name: "sign-in", email };
  return null;
}
