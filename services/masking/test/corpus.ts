import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../fixtures/corpus/', import.meta.url);

/** The texts of the labelled corpus, without their labels. */
export const corpus = readdirSync(FOLDER).flatMap((file) =>
  readFileSync(new URL(file, FOLDER), 'utf8')
    .split('\n')
    .map((line) => line.replace(/^\[\[\w+\]\] /, '').replace(/«[a-z-]+:([^»]*)»/g, '$1'))
    .map((line) => line.replaceAll('¦', '').replaceAll('⏎', '\n').replaceAll('⇥', '\t')),
);
