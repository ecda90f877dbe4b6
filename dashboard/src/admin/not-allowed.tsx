import type { ComponentChildren } from "preact";
import { useCallback } from "preact/hooks";
import { ApiProblem } from "../problem";
import type { AdminApi } from "./admin-api";
import { Problem } from "./parts";
import { useLoaded } from "./use-loaded";

interface NotAllowedProps {
  readonly api: AdminApi;
  readonly onSignOut: () => void;
  readonly children: ComponentChildren;
}

/** Asks once whether the account has the role: without it no page would show anything else than a refusal. */
export function NotAllowed({ api, onSignOut, children }: NotAllowedProps) {
  const ask = useCallback(
    () =>
      api.nodes().then(
        () => true,
        (failure: unknown) => {
          if (failure instanceof ApiProblem && failure.status === 403) return false;
          throw failure;
        },
      ),
    [api],
  );
  const { value: allowed, problem, reload } = useLoaded(ask);
  if (allowed === false) {
    return (
      <section class="card" data-testid="not-an-administrator">
        <h1>This account is not an administrator's</h1>
        <p>
          An administrator can give it the role: see "Making somebody an administrator" in the operations manual. Sign
          in again afterwards.
        </p>
        <p>
          <button type="button" class="button primary" onClick={onSignOut}>
            Sign in with another account
          </button>
        </p>
      </section>
    );
  }
  if (allowed === null)
    return problem === null ? <p class="muted">Loading…</p> : <Problem text={problem} onRetry={reload} />;
  return <>{children}</>;
}
