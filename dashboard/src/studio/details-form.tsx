import { useState } from "preact/hooks";
import type { Api } from "../api";
import { limits, type OwnChannelDetails, type Visibility } from "../contract";
import { ApiProblem, explain } from "../problem";
import { useFlash } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { changesOf, type Details, type DetailsText, textOf } from "./details-text";

const LIMITS = limits.ChannelEdit;

const VISIBILITIES: readonly { value: Visibility; label: string }[] = [
  { value: "public", label: "Public" },
  { value: "unlisted", label: "Unlisted (link only)" },
  { value: "private", label: "Private (only you)" },
];

interface DetailsFormProps {
  readonly details: Details;
  readonly api: Api;
  readonly onSaved: (details: OwnChannelDetails) => void;
}

/** What viewers see of the channel. Fields that the user has not edited follow the server. */
export function DetailsForm({ details, api, onSaved }: DetailsFormProps) {
  const [edits, setEdits] = useState<Partial<DetailsText>>({});
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiProblem | null>(null);
  const [saved, flashSaved] = useFlash(4_000);
  const shown = { ...textOf(details), ...edits };
  const changes = changesOf(details, shown);
  const dirty = Object.keys(changes).length > 0;
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
        <h2 id="details-heading">Channel details</h2>
        <p class="muted">What viewers see</p>
      </header>
      <label class="field">
        <span class="label">Title</span>
        <input
          class="input"
          maxLength={LIMITS.title.maxLength}
          value={shown.title}
          placeholder="What are you streaming today?"
          data-testid="details-title"
          onInput={edit("title")}
          {...describe("title")}
        />
        {fieldError("title")}
      </label>
      <label class="field">
        <span class="label">Description</span>
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
          <span class="label">Category</span>
          <input
            class="input"
            maxLength={LIMITS.category.maxLength}
            value={shown.category}
            placeholder="e.g. Music"
            data-testid="details-category"
            onInput={edit("category")}
            {...describe("category")}
          />
          {fieldError("category")}
        </label>
        <label class="field">
          <span class="label">Visibility</span>
          <select
            class="input"
            value={shown.visibility}
            data-testid="details-visibility"
            onChange={edit("visibility")}
            {...describe("visibility")}
          >
            {VISIBILITIES.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
          {fieldError("visibility")}
        </label>
      </div>
      <label class="field">
        <span class="label">
          Tags <span class="muted">separated by commas, up to {LIMITS.tags.maxItems}</span>
        </span>
        <input
          class="input"
          value={shown.tags}
          placeholder="e.g. live, piano"
          data-testid="details-tags"
          onInput={edit("tags")}
          {...describe("tags")}
        />
        {fieldError("tags")}
      </label>
      <label class="field">
        <span class="label">
          Recording <span class="muted">a change counts from the next stream on</span>
        </span>
        <select
          class="input"
          value={shown.recording}
          data-testid="details-recording"
          onChange={edit("recording")}
          {...describe("recording")}
        >
          <option value="on">Record my streams</option>
          <option value="off">Don't record</option>
        </select>
        {fieldError("recording")}
      </label>
      {problem && (
        <p class="field-error" role="alert" data-testid="details-error">
          {Object.keys(problem.fields).length > 0
            ? "Not saved. Please correct the fields marked above."
            : explain(problem)}
        </p>
      )}
      <div class="field-foot">
        <p class="saved" role="status" data-testid="details-saved">
          {saved && (
            <>
              <Icon name="check" /> Saved
            </>
          )}
        </p>
        {dirty && !busy && (
          <button type="button" class="button text" data-testid="details-discard" onClick={() => setEdits({})}>
            Discard
          </button>
        )}
        <button type="submit" class="button primary" data-testid="details-save" aria-disabled={!dirty || busy}>
          {busy ? "Saving…" : "Save"}
        </button>
      </div>
    </form>
  );
}
