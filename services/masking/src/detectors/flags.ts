import { meaningOfName } from '../names.js';
import { isPlaceholder, looksRandom } from '../plausible.js';
import type { Search } from '../search.js';

// Secrets in arguments of commands: `--password x`, `mysql -pSECRET`, `curl -u user:SECRET`. It is
// NOT a parser of shells: a value is one word or stands in quotes. `--name=x` is a named value.

const flag = /(?<![\w-])--?([A-Za-z][\w-]{1,40})[ \t]{1,4}(["']?)([^\s"']{1,1024})/g;
const command = (...names: readonly string[]) =>
  String.raw`\b(?:${names.join('|')})\b[^\n|;]{0,200}?\s`;
const attached = new RegExp(
  command('mysql(?:dump|admin|import|show|check|sh)?', 'mariadb(?:-dump|-admin)?', 'sshpass') +
    String.raw`-p(["']?)([^\s"']{1,128})`,
  'g',
);
const spaced = new RegExp(
  command(
    'sshpass|mongo(?:sh|dump|restore|export|import)?|docker login',
    'sqlplus|bcp|sqlcmd|ldapsearch|redis-cli',
  ) + String.raw`-(?:p|P|a|w)[ \t]{1,4}(["']?)([^\s"'-][^\s"']{0,127})`,
  'g',
);
const basic = new RegExp(
  command('curl|wget|http|https|xh') +
    String.raw`(?:-u|--user|-a|--auth|--proxy-user)[ =]?["']?[^\s:"']{1,64}:([^\s"']{1,128})`,
  'g',
);

export function findFlagValues(search: Search): void {
  if (search.wants('password')) findCommandPasswords(search);
  for (const { 0: whole, 1: name = '', 3: value = '', index } of search.text.matchAll(flag)) {
    const meaning = meaningOfName(name);
    if (meaning === undefined || isPlaceholder(value) || value.startsWith('-')) continue;
    const isSecret =
      meaning.type === 'password' || (meaning.type === 'high-entropy' && looksRandom(value));
    if (!isSecret) continue;
    const end = index + whole.length;
    search.add(meaning.type, end - value.length, end);
  }
}

function findCommandPasswords(search: Search): void {
  for (const pattern of [attached, spaced, basic]) {
    for (const match of search.text.matchAll(pattern)) {
      const value = match[2] ?? match[1] ?? '';
      if (isPlaceholder(value)) continue;
      const end = match.index + match[0].length;
      search.add('password', end - value.length, end);
    }
  }
}
