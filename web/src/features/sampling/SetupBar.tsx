import { Button, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { asApiError } from "../../api/errors";
import { type Strategy, strategiesQuery } from "../../api/selections";
import type { Tag } from "../../api/tags";
import { count, duration } from "../../ui/format";
import { Chip } from "./Chip";
import { type Embedding, estimateQuery, type SelectionCreate, usableEmbeddings } from "./queries";
import classes from "./Sampling.module.css";
import { StrategyPicker } from "./StrategyPicker";
import { reasonAgainst, type Setup, usualNumber, wantedOf } from "./setup";

interface SetupBarProps {
  datasetId: string;
  tags: readonly Tag[];
  tag: { id: string; size: number } | null;
  embeddings: readonly Embedding[];
  embedding: Embedding | null;
  setup: Setup;
  /** Whether a selection that was asked for here is still running. */
  busy: boolean;
  /** What the server said against the last one. */
  refused: unknown;
  onSetup: (change: Partial<Setup>) => void;
  onEmbedding: (id: string) => void;
  onProcess: (wanted: SelectionCreate) => void;
}

const NOTHING = "";

/** Everything that a selection needs, in one line, with what it would cost and the button that runs it. */
export function SetupBar(props: SetupBarProps) {
  const { datasetId, tags, tag, embedding, onSetup } = props;
  const others = tags.filter((one) => one.id !== tag?.id);
  const onTop = others.find((one) => one.id === props.setup.onTop)?.id ?? null; // a tag is not on top of itself
  const setup = { ...props.setup, onTop };
  const strategies = useQuery(strategiesQuery).data ?? [];
  const strategy = strategies.find((one) => one.name === setup.strategy);
  const wanted = wantedOf(setup, strategy, tag, embedding?.id ?? null);
  const [asked] = useDebouncedValue(wanted.body, 300);
  const estimate = useQuery({ ...estimateQuery(datasetId, asked), placeholderData: keepPreviousData });
  const refusal = props.refused ?? (wanted.body === null ? null : estimate.error);
  const errors = { ...said(refusal), ...wanted.errors };
  const reason = reasonToWait(tag, embedding, strategy, setup);

  return (
    <form
      className={classes.setup}
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted.body !== null && !props.busy) props.onProcess(wanted.body);
      }}
    >
      <div className={classes.chips}>
        <Chip
          label="Embedding"
          value={embedding?.id ?? NOTHING}
          options={usableEmbeddings(props.embeddings).map((one) => [one.id, one.name] as const)}
          onChange={props.onEmbedding}
        />
        <StrategyPicker strategies={strategies} setup={setup} errors={errors} onChange={onSetup} />
        <Chip
          label="On top of"
          value={setup.onTop ?? NOTHING}
          options={[[NOTHING, "nothing"], ...others.map((one) => [one.id, one.name] as const)]}
          onChange={(id) => onSetup({ onTop: id === NOTHING ? null : id })}
        />
        <label className={classes.chip} data-wrong={errors.n_samples !== undefined || undefined}>
          <span className={classes.soft}>Rank</span>
          <input
            className={classes.number}
            aria-label="How many images to rank"
            aria-invalid={errors.n_samples !== undefined}
            aria-describedby="setup-note"
            inputMode="numeric"
            autoComplete="off"
            value={setup.numbers[tag?.id ?? NOTHING] ?? count(usualNumber(tag?.size ?? 0))}
            onChange={(event) =>
              onSetup({ numbers: { ...setup.numbers, [tag?.id ?? NOTHING]: event.currentTarget.value } })
            }
          />
        </label>
        <p
          id="setup-note"
          className={classes.note}
          data-wrong={Object.keys(errors).length > 0 || undefined}
          role="status"
        >
          {errors.n_samples ?? firstOf(errors) ?? reason ?? words(estimate.data)}
        </p>
      </div>
      <Tooltip label={reason} disabled={reason === null}>
        <Button
          type="submit"
          variant="filled"
          px={14}
          loading={props.busy}
          disabled={wanted.body === null}
          data-testid="process"
        >
          Process
        </Button>
      </Tooltip>
    </form>
  );
}

function words(estimate: { seconds: number; n_candidates: number } | undefined): string {
  if (estimate === undefined) return " ";
  const pool = `Ranks ${count(estimate.n_candidates)} images of this tag`;
  if (estimate.seconds === 0) return `${pool}: done before, so at once.`;
  return estimate.seconds < 1
    ? `${pool} in less than a second.`
    : `${pool} in about ${duration(estimate.seconds)}.`;
}

/** The server's refusal by the field that it names. */
function said(refusal: unknown): Record<string, string> {
  if (refusal === null || refusal === undefined) return {};
  const { field, message } = asApiError(refusal);
  return { [field?.split(".").at(-1) ?? "setup"]: message };
}

function firstOf(errors: Readonly<Record<string, string>>): string | undefined {
  const [name, message] = Object.entries(errors)[0] ?? [];
  return name === undefined || name === "setup" ? message : `${name.replaceAll("_", " ")}: ${message}`;
}

function reasonToWait(
  tag: SetupBarProps["tag"],
  embedding: Embedding | null,
  strategy: Strategy | undefined,
  setup: Setup,
): string | null {
  if (tag === null) return "Only a tag can be sampled: choose one in the list of tags.";
  if (embedding === null) return "There is no embedding yet.";
  return strategy === undefined ? null : reasonAgainst(strategy, setup.onTop);
}
