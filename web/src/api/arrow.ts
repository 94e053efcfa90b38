/**
 * Reads Arrow IPC, file or stream, as this server writes it: flat columns of numbers or bytes, little-endian,
 * uncompressed, without nulls. The library that reads all of Arrow is 44 kB gzipped; this is 1.6 kB.
 * The format: https://arrow.apache.org/docs/format/Columnar.html
 */

export type Numbers = Float32Array | Uint32Array;

export interface Table {
  readonly length: number;
  readonly metadata: ReadonlyMap<string, string>;
  /** Return a column of numbers: a view into the file where it came in one piece. */
  numbers<T extends Numbers>(
    name: string,
    type: new (buffer: ArrayBuffer, offset: number, length: number) => T,
  ): T;
  /** Return a column of byte strings, such as pictures. */
  binaries(name: string): Uint8Array<ArrayBuffer>[];
}

interface Batch {
  readonly length: number;
  /** Where each buffer begins in the file, and how many bytes it has. */
  readonly buffers: readonly (readonly [offset: number, length: number])[];
}

interface Column {
  readonly name: string;
  /** Buffers in every batch: validity and values, or validity, offsets and values. */
  readonly nBuffers: 2 | 3;
  readonly kind: string;
}

const MAGIC = [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]; // ARROW1, at the start of a file; a stream follows
const SCHEMA = 1;
const RECORD_BATCH = 3;
const CUT = "This Arrow file ends too early.";

/** Read a whole answer. Throws an Error that says what it cannot read. */
export function readArrow(file: ArrayBuffer): Table {
  const bytes = new Uint8Array(file);
  const flat = new Flat(file);
  let at = MAGIC.every((byte, index) => bytes[index] === byte) ? 8 : 0;
  let columns: Column[] | null = null;
  let metadata = new Map<string, string>();
  const batches: Batch[] = [];
  while (at + 8 <= file.byteLength && flat.uint32(at) === 0xffffffff) {
    const size = flat.int32(at + 4);
    if (size === 0) break; // the end of the stream
    const body = at + 8 + size;
    if (body > file.byteLength) throw new Error(CUT);
    const message = flat.root(at + 8);
    const header = flat.reference(message, 2);
    const kind = flat.byte(message, 1);
    if (kind === SCHEMA) {
      columns = flat.references(header, 1).map((field) => readColumn(flat, field));
      metadata = new Map(
        flat.references(header, 2).map((pair) => [flat.text(pair, 0), flat.text(pair, 1)] as const),
      );
    } else if (kind === RECORD_BATCH) {
      batches.push(readBatch(flat, header, body));
    } else {
      throw new Error(`This Arrow file has a message of kind ${kind}, which Tamis does not read.`);
    }
    at = body + flat.long(message, 3);
    if (at > file.byteLength) throw new Error(CUT);
  }
  if (columns === null) throw new Error("This is no Arrow file.");
  return new ArrowTable(file, columns, metadata, batches);
}

class ArrowTable implements Table {
  readonly length: number;
  readonly metadata: ReadonlyMap<string, string>;
  readonly #file: ArrayBuffer;
  readonly #columns: readonly Column[];
  readonly #batches: readonly Batch[];

  constructor(file: ArrayBuffer, columns: Column[], metadata: Map<string, string>, batches: Batch[]) {
    this.#file = file;
    this.#columns = columns;
    this.#batches = batches;
    this.metadata = metadata;
    this.length = batches.reduce((total, batch) => total + batch.length, 0);
  }

  numbers<T extends Numbers>(
    name: string,
    type: new (buffer: ArrayBuffer, offset: number, length: number) => T,
  ): T {
    const first = this.#find(name, type === (Float32Array as unknown) ? "float32" : "uint32");
    const parts = this.#batches.map((batch) => {
      const [offset = 0] = batch.buffers[first + 1] ?? [];
      return new type(this.#file, offset, batch.length);
    });
    if (parts.length === 1 && parts[0]) return parts[0];
    const whole = new type(new ArrayBuffer(4 * this.length), 0, this.length);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  binaries(name: string): Uint8Array<ArrayBuffer>[] {
    const first = this.#find(name, "binary");
    return this.#batches.flatMap((batch) => {
      const [at = 0] = batch.buffers[first + 1] ?? [];
      const [values = 0] = batch.buffers[first + 2] ?? [];
      const ends = new Int32Array(this.#file, at, batch.length && batch.length + 1);
      return Array.from({ length: batch.length }, (_, row) => {
        const from = ends[row] ?? 0;
        return new Uint8Array(this.#file, values + from, (ends[row + 1] ?? from) - from);
      });
    });
  }

  /** Return the index of a column's first buffer. */
  #find(name: string, kind: string): number {
    const index = this.#columns.findIndex((column) => column.name === name);
    const found = this.#columns[index];
    if (found?.kind !== kind) {
      const have = this.#columns.map((column) => `${column.name} ${column.kind}`).join(", ");
      throw new Error(`This Arrow file has no column ${name} ${kind}. It has: ${have}.`);
    }
    return this.#columns.slice(0, index).reduce((total, column) => total + column.nBuffers, 0);
  }
}

function readColumn(flat: Flat, field: number): Column {
  const type = flat.reference(field, 3);
  const name = flat.text(field, 0);
  switch (flat.byte(field, 2)) {
    case 2: // Int: its width, and whether it is signed
      return {
        name,
        nBuffers: 2,
        kind: `${flat.byte(type, 1) ? "int" : "uint"}${flat.int32(flat.field(type, 0))}`,
      };
    case 3: // FloatingPoint: half, single, double
      return { name, nBuffers: 2, kind: ["float16", "float32", "float64"][flat.byte(type, 0)] ?? "float" };
    case 4:
      return { name, nBuffers: 3, kind: "binary" };
    case 5:
      return { name, nBuffers: 3, kind: "utf8" };
    default:
      throw new Error(`The column ${name} of this Arrow file has a type that Tamis does not read.`);
  }
}

function readBatch(flat: Flat, header: number, body: number): Batch {
  if (flat.field(header, 3)) throw new Error("This Arrow file is compressed, which Tamis does not read.");
  const nulls = flat.structs(header, 1, 16).some((node) => flat.longAt(node + 8) > 0);
  if (nulls) throw new Error("This Arrow file has nulls, which Tamis does not read.");
  return {
    length: flat.long(header, 0),
    buffers: flat.structs(header, 2, 16).map((at) => [body + flat.longAt(at), flat.longAt(at + 8)] as const),
  };
}

/** Flatbuffers: a table is the place of its fields' places; a missing field is 0. */
class Flat {
  readonly #view: DataView;

  constructor(file: ArrayBuffer) {
    this.#view = new DataView(file);
  }

  int32 = (at: number): number => this.#view.getInt32(at, true);
  uint32 = (at: number): number => this.#view.getUint32(at, true);
  root = (at: number): number => at + this.uint32(at);
  longAt = (at: number): number => Number(this.#view.getBigInt64(at, true));

  /** Return where a field of a table lies, or 0. */
  field(table: number, index: number): number {
    const places = table - this.int32(table);
    const slot = 4 + 2 * index;
    const offset = slot < this.#view.getUint16(places, true) ? this.#view.getUint16(places + slot, true) : 0;
    return offset && table + offset;
  }

  byte(table: number, index: number): number {
    const at = this.field(table, index);
    return at && this.#view.getUint8(at);
  }

  long(table: number, index: number): number {
    const at = this.field(table, index);
    return at && this.longAt(at);
  }

  reference(table: number, index: number): number {
    const at = this.field(table, index);
    return at && at + this.uint32(at);
  }

  text(table: number, index: number): string {
    const at = this.reference(table, index);
    return at ? new TextDecoder().decode(new Uint8Array(this.#view.buffer, at + 4, this.uint32(at))) : "";
  }

  references(table: number, index: number): number[] {
    return this.structs(table, index, 4).map((at) => at + this.uint32(at));
  }

  structs(table: number, index: number, size: number): number[] {
    const at = this.reference(table, index);
    return at ? Array.from({ length: this.uint32(at) }, (_, row) => at + 4 + row * size) : [];
  }
}
