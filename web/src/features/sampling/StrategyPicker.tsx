import { Popover, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { Strategy } from "../../api/selections";
import { SchemaForm } from "../../ui/SchemaForm";
import { fieldsOf } from "../../ui/schema";
import classes from "./Sampling.module.css";
import { draftFor, reasonAgainst, type Setup } from "./setup";

interface StrategyPickerProps {
  strategies: readonly Strategy[];
  setup: Setup;
  errors: Readonly<Record<string, string>>;
  onChange: (change: Partial<Setup>) => void;
}

/** All strategies with the words that help to choose, and beside them the chosen one's parameters. */
export function StrategyPicker({ strategies, setup, errors, onChange }: StrategyPickerProps) {
  const [open, setOpen] = useState(false);
  const chosen = strategies.find((strategy) => strategy.name === setup.strategy);
  const wrong = Object.keys(errors).some((name) => name !== "n_samples");
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      shadow="md"
      width={720}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <UnstyledButton
          className={classes.chip}
          data-wrong={wrong || undefined}
          aria-haspopup="dialog"
          onClick={() => setOpen(!open)}
        >
          <span className={classes.soft}>Strategy</span>
          <span className={classes.chosen}>{chosen?.title ?? setup.strategy}</span>
          <span className={classes.caret} aria-hidden="true" />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={classes.picker} aria-label="Strategy">
        <fieldset className={classes.strategies}>
          <legend className={classes.hidden}>Strategy</legend>
          {ordered(strategies).map((strategy) => {
            const reason = reasonAgainst(strategy, setup.onTop);
            return (
              <label key={strategy.name} className={classes.strategy} data-off={reason !== null || undefined}>
                <input
                  type="radio"
                  name="strategy"
                  checked={strategy.name === setup.strategy}
                  disabled={reason !== null}
                  data-autofocus={strategy.name === setup.strategy || undefined}
                  onChange={() => onChange({ strategy: strategy.name })}
                />
                <span>
                  <b>{strategy.title}</b>
                  <small>{reason ?? strategy.use_when}</small>
                </span>
              </label>
            );
          })}
        </fieldset>
        {chosen === undefined ? null : (
          <div className={classes.parameters}>
            <h2>{chosen.title}</h2>
            <p className={classes.soft}>{chosen.description}</p>
            <Parameters strategy={chosen} setup={setup} errors={errors} onChange={onChange} />
            <p className={classes.importance}>
              <b>Importance</b> {lowered(chosen.importance)}
            </p>
          </div>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Parameters(props: Omit<StrategyPickerProps, "strategies"> & { strategy: Strategy }) {
  const { strategy, setup, errors, onChange } = props;
  const fields = fieldsOf(strategy.parameters);
  if (fields.length === 0) return <p className={classes.soft}>It has no parameters.</p>;
  return (
    <SchemaForm
      fields={fields}
      draft={draftFor(setup, strategy)}
      errors={errors}
      onChange={(draft) => onChange({ drafts: { ...setup.drafts, [strategy.name]: draft } })}
    />
  );
}

const FIRST = ["representative", "diffusion", "coreset"];

/** The three that most people need first, those that cannot run here last. */
function ordered(strategies: readonly Strategy[]): Strategy[] {
  const place = (strategy: Strategy) => {
    const first = FIRST.indexOf(strategy.name);
    if (first !== -1) return first;
    return strategy.needs.some((need) => need !== "preselected") ? 9 : 5;
  };
  return strategies.toSorted((a, b) => place(a) - place(b));
}

const lowered = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
