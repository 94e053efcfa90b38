import type { Sample } from "../api/samples";
import { count, size } from "./format";
import classes from "./SampleDetail.module.css";

const stamp = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

type Pair = readonly [label: string, value: string];

/** All facts, measures and metadata of an image. */
export function SampleFacts({ sample, extra }: { sample: Sample; extra: readonly Pair[] }) {
  const { measures } = sample;
  const file: Pair[] = [
    ["Dimensions", `${count(sample.width)} × ${count(sample.height)}`],
    ["File size", size(sample.size_bytes)],
    ["Format", `${sample.format}, ${sample.mode}`],
    ["Changed", stamp.format(sample.modified_ns / 1e6)],
    ["Added", stamp.format(sample.created_at)],
  ];
  const measured: Pair[] = [
    ["Sharpness", measures.sharpness.toFixed(1)],
    ["Brightness", measures.brightness.toFixed(2)],
    ["Contrast", measures.contrast.toFixed(2)],
    ["Signal to noise", measures.signal_to_noise.toFixed(2)],
  ];
  const metadata: Pair[] = Object.entries(sample.metadata).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return (
    <div className={classes.facts}>
      <Facts title="Selection" pairs={extra} />
      <Facts title="File" pairs={file} />
      <Facts title="Measured" pairs={measured} />
      <Facts title="Metadata" pairs={metadata} />
      <p className={classes.hash} title="SHA-256 of the file">
        {sample.sha256}
      </p>
    </div>
  );
}

function Facts({ title, pairs }: { title: string; pairs: readonly Pair[] }) {
  if (pairs.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl className={classes.pairs}>
        {pairs.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
