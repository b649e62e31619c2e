import { ModelError } from "./errors.js";
import { isOff } from "./isOff.js";
import { shortened, shown } from "./shown.js";

/** What stands in for a field that is absent, and for one that is null; without it, neither is accepted. */
export interface CountOptions {
  readonly absent?: number;
  readonly null?: number;
  /** 1 if not given. */
  readonly least?: number;
  /** 2^24 if not given. */
  readonly most?: number;
}

/**
 * The fields of a configuration, each of which must be read before `finish`: what nobody asked for is refused by name,
 * so that no field that changes a result is passed over.
 */
export class ConfigFields {
  private readonly unread: Set<string>;

  private constructor(
    private readonly fields: Readonly<Record<string, unknown>>,
    private readonly file: string,
    /** What stands before a field's name in messages. */
    private readonly path: string,
  ) {
    this.unread = new Set(Object.keys(fields));
  }

  /** @throws ModelError `config_unsupported` when the value is no JSON object */
  static of(value: unknown, file: string, path = ""): ConfigFields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const what = path === "" ? "the file" : path.slice(0, -1);
      throw new ModelError("config_unsupported", `${file}: ${what} must be a JSON object, found ${shown(value)}`);
    }
    return new ConfigFields(value as Record<string, unknown>, file, path);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.fields, name);
  }

  /** The field as it stands; undefined where absent. */
  read(name: string): unknown {
    this.unread.delete(name);
    return this.has(name) ? this.fields[name] : undefined;
  }

  refuse(name: string, wanted: string): ModelError {
    const found = shown(this.has(name) ? this.fields[name] : undefined);
    return new ModelError("config_unsupported", `${this.file}: ${this.path}${name} must be ${wanted}, found ${found}`);
  }

  /** @throws ModelError `config_unsupported` when the field is no integer within its bounds */
  count(name: string, { absent, null: ofNull, least = 1, most = 2 ** 24 }: CountOptions = {}): number {
    const found = this.read(name);
    const value = found === undefined ? absent : found === null ? ofNull : found;
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
      const kind = least === 1 ? "a positive integer" : `an integer from ${least}`;
      throw this.refuse(name, typeof value === "number" && value > most ? `${kind} of at most ${most}` : kind);
    }
    return value;
  }

  /** @throws ModelError `config_unsupported` when the field is no number of at least 1 */
  atLeastOne(name: string): number {
    const value = this.read(name);
    if (typeof value !== "number" || !(value >= 1) || !Number.isFinite(value)) {
      throw this.refuse(name, "a number of at least 1");
    }
    return value;
  }

  /** @throws ModelError `config_unsupported` when the field is no positive number */
  positive(name: string, absent?: number): number {
    const value = this.read(name) ?? absent;
    if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)) {
      throw this.refuse(name, "a positive number");
    }
    return value;
  }

  /** As `atLeastOne`, undefined where the field is absent or null. */
  optionalAtLeastOne(name: string): number | undefined {
    return (this.read(name) ?? undefined) === undefined ? undefined : this.atLeastOne(name);
  }

  /** @throws ModelError `config_unsupported` when the field is neither true nor false */
  flag(name: string, absent: boolean): boolean {
    const value = this.read(name) ?? absent;
    if (typeof value !== "boolean") throw this.refuse(name, "true or false");
    return value;
  }

  /** @throws ModelError `config_unsupported` when the field is none of the choices */
  choice<T extends string>(name: string, choices: readonly T[], absent?: T): T {
    const value = this.read(name) ?? absent;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.refuse(name, choices.map((choice) => `"${choice}"`).join(" or "));
    return found;
  }

  /** @throws ModelError `config_unsupported` when the field is there and is another value than `wanted` */
  only(name: string, wanted: string | number | boolean): void {
    const value = this.read(name) ?? wanted;
    if (value !== wanted) throw this.refuse(name, shown(wanted));
  }

  /** The fields of an object inside, undefined where it is absent or null. */
  inside(name: string): ConfigFields | undefined {
    const value = this.read(name) ?? undefined;
    return value === undefined ? undefined : ConfigFields.of(value, this.file, `${this.path}${name}.`);
  }

  /**
   * Ends the reading. A field that nobody read passes when it is in `harmless`, or when its value says that what it
   * names is off: null, false, or empty.
   *
   * @throws ModelError `config_unsupported` naming the first other field
   */
  finish(harmless: ReadonlySet<string>): void {
    for (const name of this.unread) {
      if (harmless.has(name) || isOff(this.fields[name])) continue;
      throw new ModelError(
        "config_unsupported",
        `${this.file}: ${this.path}${shortened(name)} is ${shown(this.fields[name])}, which is not understood here; ` +
          "a model that needs it would give other results without it",
      );
    }
  }
}
