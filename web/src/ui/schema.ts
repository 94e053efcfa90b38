// Form fields from a JSON schema as pydantic writes it: numbers, integers, booleans, choices, text, lists of
// numbers, and each of these or null. What else there may be is typed as JSON.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Schema = { readonly [key: string]: unknown };

export type FieldKind = "number" | "integer" | "boolean" | "choice" | "text" | "numbers" | "json";

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly kind: FieldKind;
  /** Whether leaving it empty means null, which stands for "by the data". */
  readonly nullable: boolean;
  readonly default: Json;
  readonly required: boolean;
  readonly choices: readonly string[];
  readonly limits: Limits;
}

export interface Limits {
  readonly minimum: number;
  readonly maximum: number;
  readonly above: number;
  readonly below: number;
  readonly fewest: number;
  readonly most: number;
  readonly whole: boolean;
}

/** What is typed: text, but for a tick box. */
export type Draft = Readonly<Record<string, string | boolean>>;

export interface Checked {
  readonly values: Record<string, Json>;
  readonly errors: Record<string, string>;
}

/** The fields of a schema, without those that have one possible value. */
export function fieldsOf(schema: Schema): Field[] {
  const required = new Set(list(schema.required));
  return Object.entries(record(schema.properties))
    .map(([name, property]) => ({ name, property: record(property) }))
    .filter(({ property }) => !("const" in property))
    .map(({ name, property }) => fieldOf(name, property, required.has(name)));
}

function fieldOf(name: string, property: Schema, required: boolean): Field {
  const options = list(property.anyOf).map(record);
  const nullable = options.some((option) => option.type === "null");
  const kept = options.filter((option) => option.type !== "null");
  const type: Schema = kept.length === 1 ? { ...property, ...kept[0] } : property;
  return {
    name,
    label: sentence(typeof property.title === "string" ? property.title : name.replaceAll("_", " ")),
    description: typeof property.description === "string" ? property.description : "",
    kind: kindOf(type),
    nullable,
    default: (property.default ?? null) as Json,
    required,
    choices: list(type.enum).map(String),
    limits: limitsOf(type),
  };
}

function kindOf(type: Schema): FieldKind {
  if (Array.isArray(type.enum)) return "choice";
  if (type.type === "number" || type.type === "integer" || type.type === "boolean") return type.type;
  if (type.type === "string") return "text";
  const items = record(type.items).type;
  return type.type === "array" && (items === "number" || items === "integer") ? "numbers" : "json";
}

function limitsOf(type: Schema): Limits {
  const each = type.type === "array" ? record(type.items) : type;
  return {
    minimum: number(each.minimum, -Infinity),
    maximum: number(each.maximum, Infinity),
    above: number(each.exclusiveMinimum, -Infinity),
    below: number(each.exclusiveMaximum, Infinity),
    fewest: number(type.minItems, 0),
    most: number(type.maxItems, Infinity),
    whole: each.type === "integer",
  };
}

/** What the form shows before anybody types. */
export function draftOf(fields: readonly Field[], values: Record<string, Json> = {}): Draft {
  return Object.fromEntries(
    fields.map((field) => [field.name, typed(field, values[field.name] ?? field.default)]),
  );
}

function typed(field: Field, value: Json): string | boolean {
  if (field.kind === "boolean") return value === true;
  if (value === null) return "";
  if (field.kind === "numbers" && Array.isArray(value)) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The values to send, or what is wrong with which field and what to do about it. */
export function check(fields: readonly Field[], draft: Draft): Checked {
  const checked: Checked = { values: {}, errors: {} };
  for (const field of fields) {
    const text = draft[field.name] ?? "";
    const result = typeof text === "boolean" ? { value: text } : parse(field, text.trim());
    if ("error" in result) checked.errors[field.name] = result.error;
    else checked.values[field.name] = result.value;
  }
  return checked;
}

type Parsed = { value: Json } | { error: string };

function parse(field: Field, text: string): Parsed {
  if (text === "") {
    if (field.nullable) return { value: null };
    return field.kind === "text" && !field.required ? { value: "" } : { error: `Enter ${wanted(field)}.` };
  }
  switch (field.kind) {
    case "number":
    case "integer":
      return parseNumber(field, text);
    case "numbers":
      return parseNumbers(field, text);
    case "json":
      return parseJson(text);
    default:
      return { value: text };
  }
}

function parseNumber(field: Field, text: string): Parsed {
  const value = Number(text.replace(",", "."));
  const { minimum, maximum, above, below, whole } = field.limits;
  const wrong =
    !Number.isFinite(value) ||
    value < minimum ||
    value > maximum ||
    value <= above ||
    value >= below ||
    (whole && !Number.isInteger(value));
  return wrong ? { error: `Enter ${wanted(field)}.` } : { value };
}

function parseNumbers(field: Field, text: string): Parsed {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== "");
  const { fewest, most } = field.limits;
  if (parts.length < fewest || parts.length > most) return { error: `Enter ${wanted(field)}.` };
  const parsed = parts.map((part) => parseNumber(field, part));
  const wrong = parsed.find((one) => "error" in one);
  return wrong ?? { value: parsed.map((one) => ("value" in one ? one.value : null)) };
}

function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return { error: "Enter valid JSON." };
  }
}

/** What a field takes, in words: "a whole number from 10 to 20,000". */
export function wanted(field: Field): string {
  if (field.kind === "json") return "JSON";
  if (field.kind === "text") return "some text";
  if (field.kind === "choice") return `one of ${field.choices.join(", ")}`;
  const range = rangeOf(field.limits);
  const one = field.limits.whole ? "whole number" : "number";
  if (field.kind !== "numbers") return `a ${one}${range}`;
  const { fewest, most } = field.limits;
  const count = most < Infinity ? `${fewest} to ${most}` : `${fewest} or more`;
  return `${count} ${one}s${range}, with commas between them`;
}

function rangeOf({ minimum, maximum, above, below }: Limits): string {
  const low =
    above > -Infinity ? `above ${shown(above)}` : minimum > -Infinity ? `from ${shown(minimum)}` : "";
  const high = below < Infinity ? `below ${shown(below)}` : maximum < Infinity ? `to ${shown(maximum)}` : "";
  if (low !== "" && high === "") return above > -Infinity ? ` ${low}` : ` ${low} up`;
  if (low.startsWith("above") && high.startsWith("to")) return ` ${low}, up ${high}`;
  return [low, high]
    .filter((part) => part !== "")
    .map((part) => ` ${part}`)
    .join("");
}

const shown = (value: number) => value.toLocaleString("en-GB");

function sentence(title: string): string {
  const lower = title.toLowerCase();
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

const record = (value: unknown): Schema =>
  typeof value === "object" && value !== null ? (value as Schema) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const number = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);
