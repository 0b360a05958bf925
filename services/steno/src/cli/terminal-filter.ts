// Lets through what draws: text, line ends, cursor movement, erasing, scrolling, colours. Drops
// what makes a terminal do more: titles, clipboard, links, reports, modes, device strings.
// NOT a terminal emulator: it does not know where the cursor is, and a screen that needs a mode
// (alternate buffer, application keys) is drawn without it.

const ESCAPE = '\u001B';
const MAX_SEQUENCE = 64;
/** CSI sequences that draw, by their final character. */
const DRAWING = new Set('@ABCDEFGHIJKLMPSTXZ`abdefmrsu');
const PARAMETERS = /^[\d;:]*$/;
/** Escape sequences of one character: save, restore, index, reverse index, next line. */
const SHORT = new Set('78DEM');
/** OSC, DCS, SOS, PM, APC: text for the terminal itself, to its terminator. */
const STRINGS = new Set(']PX^_');

/** A run of text; C0 and C1 controls are not among it. */
const PLAIN = /[\n\r\t\b\u0020-\u007E\u00A0-\u{10FFFF}]+/uy;

type State = 'text' | 'escape' | 'csi' | 'charset' | 'string' | 'string-escape';

/** Cleans a recorded stream for the terminal of whoever watches; pieces may be cut anywhere. */
export class TerminalFilter {
  readonly #decoder = new TextDecoder('utf-8');
  #state: State = 'text';
  #sequence = '';

  push(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    let clean = '';
    let at = 0;
    while (at < text.length) {
      PLAIN.lastIndex = at;
      const [plain = ''] = this.#state === 'text' ? (PLAIN.exec(text) ?? []) : [];
      const taken = plain === '' ? String.fromCodePoint(text.codePointAt(at) ?? 0) : plain;
      clean += plain === '' ? this.#take(taken) : plain;
      at += taken.length;
    }
    return clean;
  }

  #take(character: string): string {
    if (this.#state !== 'text' && (character === '\u0018' || character === '\u001A')) {
      this.#state = 'text';
      return '';
    }
    switch (this.#state) {
      case 'text':
        return this.#takeText(character);
      case 'escape':
        return this.#takeEscape(character);
      case 'csi':
        return this.#takeCsi(character);
      case 'charset':
        this.#state = 'text';
        return /[0AB]/.test(character) ? `${ESCAPE}(${character}` : '';
      case 'string':
        if (character === '\u0007') this.#state = 'text';
        if (character === ESCAPE) this.#state = 'string-escape';
        return '';
      case 'string-escape':
        this.#state = 'string';
        if (character === '\\') this.#state = 'text';
        return '';
    }
  }

  #takeText(character: string): string {
    if (character === ESCAPE) this.#state = 'escape';
    // C1 controls are 8-bit forms of the same sequences; some terminals obey them in UTF-8 too.
    return '';
  }

  #takeEscape(character: string): string {
    this.#state = 'text';
    if (SHORT.has(character)) return ESCAPE + character;
    if (STRINGS.has(character)) this.#state = 'string';
    if (character === '(') this.#state = 'charset';
    if (character === ESCAPE) this.#state = 'escape';
    if (character === '[') {
      this.#state = 'csi';
      this.#sequence = '';
    }
    return '';
  }

  #takeCsi(character: string): string {
    if (character === ESCAPE) {
      this.#state = 'escape';
      return '';
    }
    const isFinal = character >= '@' && character <= '~';
    if (!isFinal) {
      // A sequence that is too long is dropped whole: what is kept of it no longer matches.
      if (this.#sequence.length < MAX_SEQUENCE) this.#sequence += character;
      return '';
    }
    this.#state = 'text';
    const whole = this.#sequence.length < MAX_SEQUENCE && PARAMETERS.test(this.#sequence);
    return whole && DRAWING.has(character) ? `${ESCAPE}[${this.#sequence}${character}` : '';
  }
}
