import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../words/common";

type Component<Props> = (props: Props) => JSX.Element | null;

interface Around {
  readonly broken: () => JSX.Element;
  readonly waiting: () => JSX.Element;
}

const PAGE: Around = {
  broken: () => (
    <main class="gate">
      <p role="alert">{t.pageNotLoaded}</p>
    </main>
  ),
  waiting: () => <main class="gate" aria-busy="true" />,
};

const PART: Around = {
  broken: () => (
    <p class="field-error" role="alert">
      {t.partNotLoaded}
    </p>
  ),
  waiting: () => <p class="muted" aria-busy="true" />,
};

/** A page in a chunk of its own, which is loaded when it is first shown. */
export function lazy<Props extends object>(load: () => Promise<Component<Props>>): Component<Props> {
  return loading(load, PAGE);
}

/** The same of a part of a page. */
export function lazyPart<Props extends object>(load: () => Promise<Component<Props>>): Component<Props> {
  return loading(load, PART);
}

function loading<Props extends object>(load: () => Promise<Component<Props>>, around: Around): Component<Props> {
  return function Lazy(props: Props) {
    const [loaded, setLoaded] = useState<Component<Props> | null>(null);
    const [broken, setBroken] = useState(false);
    useEffect(() => {
      load().then(
        (component) => setLoaded(() => component),
        () => setBroken(true),
      );
    }, []);
    if (broken) return around.broken();
    if (loaded === null) return around.waiting();
    const Loaded = loaded;
    return <Loaded {...props} />;
  };
}
