import type { Api } from "../api";
import { t } from "../words/account";

/** A recording that ends with the stream is there to be deleted after some seconds. */
const PAUSE_MS = 2_000;
const MOST_CALLS = 60;

/** Deletes what stream-sync has of the person: in several calls, each of which deletes a part. Throws ApiProblem. */
export async function eraseAll(
  api: Pick<Api, "deleteAccount">,
  wait: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<void> {
  for (let call = 0; call < MOST_CALLS; call += 1) {
    const { finished } = await api.deleteAccount();
    if (finished) return;
    await wait(PAUSE_MS);
  }
  throw new Error(t.deletionTakesLong);
}
