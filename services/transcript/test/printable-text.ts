/** All that a transcript may hold: printable characters, \r\n and the SGR sequences of style.ts. */
export const printableText =
  /^(?:\x1b\[(?:0|1|2|31|1;31)m|\r\n|[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069])*$/u;
