import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../words/common";

type Component<Props> = (props: Props) => JSX.Element | null;

/** A component in a chunk of its own, which is loaded when it is first shown. */
export function lazy<Props extends object>(load: () => Promise<Component<Props>>): Component<Props> {
  return function Lazy(props: Props) {
    const [loaded, setLoaded] = useState<Component<Props> | null>(null);
    const [broken, setBroken] = useState(false);
    useEffect(() => {
      load().then(
        (component) => setLoaded(() => component),
        () => setBroken(true),
      );
    }, []);
    if (broken) {
      return (
        <main class="gate">
          <p role="alert">{t.pageNotLoaded}</p>
        </main>
      );
    }
    if (loaded === null) return <main class="gate" aria-busy="true" />;
    const Loaded = loaded;
    return <Loaded {...props} />;
  };
}
