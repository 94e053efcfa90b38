import { NativeSelect, Switch, TextInput } from "@mantine/core";
import classes from "./SchemaForm.module.css";
import { type Draft, type Field, wanted } from "./schema";

interface SchemaFormProps {
  fields: readonly Field[];
  draft: Draft;
  /** By field: what is wrong, whether found here or said by the server. */
  errors: Readonly<Record<string, string>>;
  onChange: (draft: Draft) => void;
}

/** One input per parameter of a JSON schema, with its description, and its error below it. */
export function SchemaForm({ fields, draft, errors, onChange }: SchemaFormProps) {
  return (
    <div className={classes.form}>
      {fields.map((field) => (
        <SchemaInput
          key={field.name}
          field={field}
          value={draft[field.name] ?? ""}
          error={errors[field.name]}
          onChange={(value) => onChange({ ...draft, [field.name]: value })}
        />
      ))}
    </div>
  );
}

interface SchemaInputProps {
  field: Field;
  value: string | boolean;
  error: string | undefined;
  onChange: (value: string | boolean) => void;
}

function SchemaInput({ field, value, error, onChange }: SchemaInputProps) {
  const common = { label: field.label, description: field.description || undefined, error };
  if (typeof value === "boolean") {
    return <Switch {...common} checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />;
  }
  if (field.kind === "choice") {
    const data = field.nullable ? [{ value: "", label: "None" }, ...field.choices] : [...field.choices];
    return (
      <NativeSelect
        {...common}
        data={data}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  const numeric = field.kind === "number" || field.kind === "integer";
  return (
    <TextInput
      {...common}
      value={value}
      placeholder={field.nullable ? "By the data" : wanted(field)}
      inputMode={field.kind === "integer" ? "numeric" : numeric ? "decimal" : "text"}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
