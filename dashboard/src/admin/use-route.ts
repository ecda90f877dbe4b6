import { useEffect, useState } from "preact/hooks";
import { type AdminRoute, routeOf } from "./route";

/** The present page. A plain click on a link to another admin page changes the address without a reload. */
export function useRoute(): [AdminRoute, (address: string) => void] {
  const [route, setRoute] = useState(() => routeOf(location));

  const go = (address: string) => {
    history.pushState(null, "", address);
    setRoute(routeOf(location));
    window.scrollTo(0, 0);
    // The link that had the focus may be gone.
    document.getElementById("main")?.focus();
  };

  useEffect(() => {
    const back = () => setRoute(routeOf(location));
    const follow = (event: MouseEvent) => {
      const link = (event.target as Element | null)?.closest?.("a");
      const address = link?.getAttribute("href");
      const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
      if (!plain || !address || link?.target || !/^\/admin(?:[/?]|$)/.test(address)) return;
      event.preventDefault();
      go(address);
    };
    window.addEventListener("popstate", back);
    document.addEventListener("click", follow);
    return () => {
      window.removeEventListener("popstate", back);
      document.removeEventListener("click", follow);
    };
  }, []);

  return [route, go];
}
