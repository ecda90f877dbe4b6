import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { sentence } from "../ui/format";
import { Icon } from "../ui/icon";
import { t } from "../words/admin/frame";
import { t as common } from "../words/common";

/** The page's heading, which is also the tab's title; screen readers hear it after a change of the page. */
export function Heading({ children, beside }: { children: string; beside?: ComponentChildren }) {
  useEffect(() => {
    document.title = t.tabTitle(children);
  }, [children]);
  return (
    <div class="section-head admin-head">
      <h1>{children}</h1>
      {beside}
    </div>
  );
}

/** Beside the heading of a list that does not read itself again. */
export function ReadAgain({ onClick }: { onClick: () => void }) {
  return (
    <button type="button" class="button small" onClick={onClick} data-testid="reload">
      {t.readAgain}
    </button>
  );
}

export function Problem({ text, onRetry }: { text: string | null; onRetry?: () => void }) {
  if (text === null) return null;
  return (
    <div class="notice notice-danger" role="alert" data-testid="admin-problem">
      <Icon name="warning" />
      <p class="notice-body">{sentence(text)}</p>
      {onRetry && (
        <button type="button" class="button small" onClick={onRetry}>
          {common.tryAgain}
        </button>
      )}
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly testid: string;
  readonly beside?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ title, testid, beside, children }: SectionProps) {
  return (
    <section class="card" aria-labelledby={`${testid}-heading`} data-testid={testid}>
      <header class="card-head">
        <h2 id={`${testid}-heading`}>{title}</h2>
        {beside}
      </header>
      {children}
    </section>
  );
}

/** A list in rows; says so where it is empty. `items` is null while it is being read. */
export function Rows<T>({
  items,
  empty,
  children,
}: {
  items: readonly T[] | null;
  empty: string;
  children: (item: T) => ComponentChildren;
}) {
  if (items === null) return <p class="muted">{t.loading}</p>;
  if (items.length === 0) return <p class="muted">{empty}</p>;
  return <ul class="rows">{items.map(children)}</ul>;
}

/** Facts on one line, in the order given; those that are not known are left out. */
export function Facts({ children }: { children: readonly (ComponentChildren | null)[] }) {
  const known = children.filter((fact) => fact !== null && fact !== undefined && fact !== "" && fact !== false);
  return (
    <p class="muted facts">
      {known.map((fact, place) => (
        <span key={place} class="fact">
          {fact}
        </span>
      ))}
    </p>
  );
}

export function ShowMore({ more, onMore }: { more: boolean; onMore: () => void }) {
  if (!more) return null;
  return (
    <button type="button" class="button show-more" data-testid="show-more" onClick={onMore}>
      {t.showMore}
    </button>
  );
}
