import { clue } from '../clues.js';
import { valueTypes } from '../value-types.js';
import { findBearers } from './authorization.js';
import type { Detector } from './detector.js';
import { findFlagValues } from './flags.js';
import { findJwts } from './jwt.js';
import { findKubeYaml } from './kube-yaml.js';
import { findNamedValues } from './named-value.js';
import { findPrivateKeys } from './private-key.js';
import { findSqlPasswords } from './sql-password.js';
import { findTokens } from './token-formats.js';
import { findUrlPasswords } from './url-password.js';

const { run, assignment, flag, scheme, dashes, quote } = clue;

/** What opens something, and whatever a name before it tells of. */
export const accessDetectors: readonly Detector[] = [
  { detect: findTokens, clues: run, types: ['vcs-token', 'cloud-key'] },
  { detect: findJwts, clues: run, types: ['jwt'] },
  { detect: findBearers, clues: run, types: ['authorization'] },
  { detect: findPrivateKeys, clues: dashes, types: ['private-key'] },
  { detect: findUrlPasswords, clues: scheme, types: ['connection-string', 'password'] },
  { detect: findNamedValues, clues: assignment, types: valueTypes },
  { detect: findFlagValues, clues: flag, types: ['password', 'high-entropy'] },
  { detect: findSqlPasswords, clues: quote, types: ['password'] },
  { detect: findKubeYaml, clues: assignment, types: ['kube-secret'] },
];
