/** Copying text, where the browser lets us. */

export type CopyResult = "copied" | "no-clipboard";

/**
 * Copies `text`. Resolves to "no-clipboard" if the browser has no clipboard for this page (plain HTTP, a frame) or the
 * person or a policy denied it: then the text must be shown for copying by hand. A failure to get the text is thrown.
 */
export async function copyText(text: string | Promise<string>): Promise<CopyResult> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (!clipboard) return "no-clipboard";
  const writing = bindsClipboardToGesture() ? writeWithinGesture(clipboard, text) : clipboard.writeText(await text);
  try {
    await writing;
    return "copied";
  } catch {
    await text;
    return "no-clipboard";
  }
}

/**
 * WebKit allows the write only in the very turn of the click, too early for text that is still being fetched; it takes
 * a promise instead (Clipboard API, ClipboardItem). `GestureEvent` is WebKit's own and tells it apart.
 */
function bindsClipboardToGesture(): boolean {
  return "GestureEvent" in window && "ClipboardItem" in window;
}

function writeWithinGesture(clipboard: Clipboard, text: string | Promise<string>): Promise<void> {
  const blob = Promise.resolve(text).then((value) => new Blob([value], { type: "text/plain" }));
  return clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}
