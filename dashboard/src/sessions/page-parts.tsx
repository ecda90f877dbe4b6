import { useEffect } from "preact/hooks";
import { sentence } from "../ui/format";
import { t as common } from "../words/common";

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · stream-sync`;
  }, [title]);
}

interface BrokenProps {
  readonly title: string;
  readonly problem: string;
  readonly onRetry: () => void;
}

export function Broken({ title, problem, onRetry }: BrokenProps) {
  return (
    <section class="card" data-testid="load-error">
      <h2>{title}</h2>
      <p role="alert">{sentence(problem)}</p>
      <div>
        <button type="button" class="button primary" onClick={onRetry}>
          {common.tryAgain}
        </button>
      </div>
    </section>
  );
}
