import type { LineMeasure } from "../contract";
import type { Tested } from "../realtime/tested";
import { Moment } from "../ui/moment";
import { Summary } from "../ui/summary";
import { t as common } from "../words/common";
import { t } from "../words/test-mode";
import { lineSentence, recommendation } from "./test-words";

/** What an encoder sends behind the key to test the connection. */
const SUFFIX = "?test=1";

/** How to begin a test. The key itself is not part of it: it is in the encoder already. */
export function TestHelp() {
  const suffix = <span class="mono">{SUFFIX}</span>;
  return (
    <details class="help" data-testid="test-help">
      <Summary>{t.help}</Summary>
      <ol>
        <li>{t.stepAdd(suffix)}</li>
        <li>{t.stepStart}</li>
        <li>{t.stepRemove(suffix)}</li>
      </ol>
      <p class="muted">{t.orKey}</p>
      <p class="muted">{t.promise}</p>
    </details>
  );
}

interface TestResultProps {
  readonly line: LineMeasure | null;
  /** False while nothing is measured: the last result stays, greyed out. */
  readonly fresh: boolean;
}

/** That this is a test, and what it has found so far. */
export function TestResult({ line, fresh }: TestResultProps) {
  return (
    <div class={fresh ? "test-result" : "test-result measures-old"} data-testid="test-result">
      <h3>{t.heading}</h3>
      <p data-testid="test-line">{lineSentence(line)}</p>
      <p data-testid="test-recommendation">{recommendation(line)}</p>
      <p class="muted">{t.hidden}</p>
    </div>
  );
}

/** What the last test has found, once its stream has ended. */
export function LastTest({ tested, onDismiss }: { tested: Tested; onDismiss: () => void }) {
  return (
    <div class="test-result" data-testid="test-over">
      <div class="test-head">
        <h3>{t.heading}</h3>
        <button type="button" class="button small" data-testid="test-dismiss" onClick={onDismiss}>
          {common.dismiss}
        </button>
      </div>
      <p data-testid="test-line">{lineSentence(tested.line, true)}</p>
      <p data-testid="test-recommendation">{recommendation(tested.line, true)}</p>
      <p class="muted">{t.finished(<Moment at={tested.endedAt} />)}</p>
    </div>
  );
}
