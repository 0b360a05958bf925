import type { Done } from '@steno/policy';
import { ProtoWriter, encodeStatements } from '@steno/sessions';
import type { EncodedStatements, ObjectFacts, RecordedStatement } from '@steno/sessions';
import type { Masking } from '../masking/masking.js';
import type { Redaction } from '../masking/redaction.js';

/** What one command.submitted tells; how much more there is it says by a number. */
const STATEMENTS_MAX = 100;
const OBJECTS_MAX = 50;
const SHAPE_CHARACTERS = 1024;
/** Beyond it no secret is looked for that begins in what is kept. */
const READ_CHARACTERS = 4 * SHAPE_CHARACTERS;
/** Two names of Postgres, as long as they may be, and more. */
const NAME_CHARACTERS = 256;

const scratch = new ProtoWriter(1024);

/**
 * What the record says of the statements of a session's commands, as the envelope has it. It is
 * worked out once for all that are ruled on alike; envelopes are for ever, so what is left of a
 * text goes through redaction as the text does. The same for all protocols.
 */
export class StatementNotes {
  private masking: Masking | undefined;
  private known = new WeakMap<readonly Done[], EncodedStatements>();

  constructor(private readonly redaction: Redaction) {}

  /** `does`: the list that stands in the ruling. */
  of(does: readonly Done[] | undefined): EncodedStatements | undefined {
    if (does === undefined) return undefined;
    const { masking } = this.redaction;
    if (masking !== this.masking) {
      this.masking = masking;
      this.known = new WeakMap();
    }
    const known = this.known.get(does);
    if (known !== undefined) return known;
    const told = does.slice(0, STATEMENTS_MAX).map((one) => this.recorded(one, masking));
    const { bytes, leftOut } = encodeStatements(scratch, told);
    const encoded = { bytes, leftOut: leftOut + does.length - told.length };
    this.known.set(does, encoded);
    return encoded;
  }

  private recorded({ kind, kinds, accesses, opaque, shape }: Done, by: Masking): RecordedStatement {
    const objects = accesses.slice(0, OBJECTS_MAX).map((access) => objectOf(access, by));
    const redacted = this.redaction.shape(shape.slice(0, READ_CHARACTERS));
    const kept = wholeHead(redacted, SHAPE_CHARACTERS);
    return {
      kind,
      objects,
      shape: kept,
      objectsLeftOut: accesses.length - objects.length,
      shapeLeftOut: redacted.length - kept.length + Math.max(0, shape.length - READ_CHARACTERS),
      bringsAbout: [...kinds].filter((each) => each !== kind),
      opaque: opaque.size > 0,
    };
  }
}

function objectOf({ action, object, schema, name }: Done['accesses'][number], by: Masking) {
  const full = `${schema ?? '?'}.${name}`;
  const access = action === 'call' ? 'call' : action === 'select' ? 'read' : 'write';
  const facts: ObjectFacts = {
    kind: object,
    name: wholeHead(by.text(full).text ?? '?', NAME_CHARACTERS),
    access,
  };
  return facts;
}

/** The first characters of a text; none is cut in two. */
function wholeHead(text: string, characters: number): string {
  const isPair = (text.codePointAt(characters - 1) ?? 0) > 0xffff;
  return text.slice(0, isPair ? characters - 1 : characters);
}
