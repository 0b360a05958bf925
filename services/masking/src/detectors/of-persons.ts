import { clue } from '../clues.js';
import { findCards } from './card.js';
import type { Detector } from './detector.js';
import { findEmails } from './email.js';
import { findIbans } from './iban.js';
import { findNationalIds } from './national-id.js';
import { findPhones } from './phone.js';

const { at, code, digits, run } = clue;

/** What identifies persons and their accounts. */
export const personalDetectors: readonly Detector[] = [
  { detect: findEmails, clues: at, types: ['email'] },
  { detect: findPhones, clues: digits, types: ['phone'] },
  { detect: findCards, clues: digits | code, types: ['card', 'card-code'] },
  { detect: findIbans, clues: digits, types: ['iban'] },
  { detect: findNationalIds, clues: digits | run, types: ['national-id'] },
];
