import { t } from "../words/common";
import { CHOICE, LANGUAGES, type Language, switchTo } from "./language";

/** Each language is named in itself: whoever cannot read the page finds theirs. */
export function LanguageSwitch() {
  return (
    <footer class="site-foot">
      <label class="language">
        <span class="sr-only">{t.language}</span>
        <select
          class="input"
          value={CHOICE.language}
          data-testid="language"
          onChange={(event) => switchTo(event.currentTarget.value as Language)}
        >
          {Object.entries(LANGUAGES).map(([language, name]) => (
            <option key={language} value={language} lang={language}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </footer>
  );
}
