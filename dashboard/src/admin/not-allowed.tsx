import type { ComponentChildren } from "preact";
import { useCallback } from "preact/hooks";
import { ApiProblem } from "../problem";
import { t } from "../words/admin/frame";
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
        <h1>{t.notAllowed}</h1>
        <p>{t.notAllowedHint}</p>
        <p>
          <button type="button" class="button primary" onClick={onSignOut}>
            {t.otherAccount}
          </button>
        </p>
      </section>
    );
  }
  if (allowed === null)
    return problem === null ? <p class="muted">{t.loading}</p> : <Problem text={problem} onRetry={reload} />;
  return <>{children}</>;
}
