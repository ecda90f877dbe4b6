import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import { limits, type OwnChannelDetails, type Visibility } from "../contract";
import { ApiProblem, explain } from "../problem";
import { useFlash } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { t } from "../words/studio";
import { changesOf, type Details, type DetailsText, textOf } from "./details-text";

const LIMITS = limits.ChannelEdit;

const VISIBILITIES: readonly Visibility[] = ["public", "unlisted", "private"];

interface DetailsFormProps {
  readonly details: Details;
  readonly api: Api;
  readonly onSaved: (details: OwnChannelDetails) => void;
  /** Whether there is something that is not saved. */
  readonly onDirty: (dirty: boolean) => void;
}

/** What viewers see of the channel. Fields that the user has not edited follow the server. */
export function DetailsForm({ details, api, onSaved, onDirty }: DetailsFormProps) {
  const [edits, setEdits] = useState<Partial<DetailsText>>({});
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiProblem | null>(null);
  const [saved, flashSaved] = useFlash(4_000);
  const shown = { ...textOf(details), ...edits };
  const changes = changesOf(details, shown);
  const dirty = Object.keys(changes).length > 0;
  useEffect(() => {
    onDirty(dirty);
    if (!dirty) return;
    // The browser asks, in its own words, before the page is left.
    const ask = (event: Event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty, onDirty]);
  // The error is about the edits: without edits there is nothing to correct.
  const problem = dirty ? refusal : null;

  const edit = (name: keyof DetailsText) => (event: { currentTarget: { value: string } }) =>
    setEdits({ ...edits, [name]: event.currentTarget.value });

  const save = async (event: Event) => {
    event.preventDefault();
    if (busy || !dirty) return;
    setBusy(true);
    setRefusal(null);
    try {
      onSaved(await api.saveDetails(changes));
      setEdits({});
      flashSaved();
    } catch (failure) {
      if (!(failure instanceof ApiProblem)) throw failure;
      setRefusal(failure);
    } finally {
      setBusy(false);
    }
  };

  const describe = (name: keyof DetailsText) => {
    const message = problem?.fields[name];
    return message ? { "aria-invalid": true, "aria-describedby": `${name}-error` } : {};
  };
  const fieldError = (name: keyof DetailsText) =>
    problem?.fields[name] && (
      <p id={`${name}-error`} class="field-error">
        {problem.fields[name]}
      </p>
    );

  return (
    <form
      class="card"
      aria-labelledby="details-heading"
      data-testid="details-form"
      onSubmit={(event) => void save(event)}
    >
      <header class="card-head">
        <h2 id="details-heading">{t.details}</h2>
        <p class="muted">{t.detailsHint}</p>
      </header>
      <label class="field">
        <span class="label">{t.title}</span>
        <input
          class="input"
          maxLength={LIMITS.title.maxLength}
          value={shown.title}
          placeholder={t.titleExample}
          data-testid="details-title"
          onInput={edit("title")}
          {...describe("title")}
        />
        {fieldError("title")}
      </label>
      <label class="field">
        <span class="label">{t.description}</span>
        <textarea
          class="input"
          rows={3}
          maxLength={LIMITS.description.maxLength}
          value={shown.description}
          data-testid="details-description"
          onInput={edit("description")}
          {...describe("description")}
        />
        {fieldError("description")}
      </label>
      <div class="field-pair">
        <label class="field">
          <span class="label">{t.category}</span>
          <input
            class="input"
            maxLength={LIMITS.category.maxLength}
            value={shown.category}
            placeholder={t.categoryExample}
            data-testid="details-category"
            onInput={edit("category")}
            {...describe("category")}
          />
          {fieldError("category")}
        </label>
        <label class="field">
          <span class="label">{t.visibility}</span>
          <select
            class="input"
            value={shown.visibility}
            data-testid="details-visibility"
            onChange={edit("visibility")}
            {...describe("visibility")}
          >
            {VISIBILITIES.map((value) => (
              <option key={value} value={value}>
                {t.visibilities[value]}
              </option>
            ))}
          </select>
          {fieldError("visibility")}
        </label>
      </div>
      <label class="field">
        <span class="label">
          {t.tags} <span class="muted">{t.tagsHint(LIMITS.tags.maxItems)}</span>
        </span>
        <input
          class="input"
          value={shown.tags}
          placeholder={t.tagsExample}
          data-testid="details-tags"
          onInput={edit("tags")}
          {...describe("tags")}
        />
        {fieldError("tags")}
      </label>
      <label class="field">
        <span class="label">
          {t.recording} <span class="muted">{t.recordingHint}</span>
        </span>
        <select
          class="input"
          value={shown.recording}
          data-testid="details-recording"
          onChange={edit("recording")}
          {...describe("recording")}
        >
          <option value="on">{t.record}</option>
          <option value="off">{t.dontRecord}</option>
        </select>
        {fieldError("recording")}
      </label>
      {problem && (
        <p class="field-error" role="alert" data-testid="details-error">
          {Object.keys(problem.fields).length > 0 ? t.correct : explain(problem)}
        </p>
      )}
      <div class="field-foot">
        <p class="saved" role="status" data-testid="details-saved">
          {saved && (
            <>
              <Icon name="check" /> {t.saved}
            </>
          )}
        </p>
        {dirty && !busy && (
          <button type="button" class="button text" data-testid="details-discard" onClick={() => setEdits({})}>
            {t.discard}
          </button>
        )}
        <button type="submit" class="button primary" data-testid="details-save" aria-disabled={!dirty || busy}>
          {busy ? t.saving : t.save}
        </button>
      </div>
    </form>
  );
}
