import type { Search } from '../search.js';
import { isAlphanumeric } from './digit-groups.js';

// Tokens that say by their form what they are. It does NOT ask whether they are live, and it does
// not know formats without a mark of their own: those are found by the name before them.

const vcs = [
  'gh[pousr]_[A-Za-z0-9]{36,255}',
  'github_pat_[A-Za-z0-9_]{22,255}',
  'gl(?:pat|ptt|dt|rt|cbt|agent|soat|ft|imt)-[\\w-]{20,64}',
  'ATBB[A-Za-z0-9]{24,64}',
  'ATCTT3[\\w=-]{40,255}',
];

const cloud = [
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}',
  'AIza[\\w-]{35}',
  'GOCSPX-[\\w-]{28}',
  'ya29\\.[\\w-]{20,512}',
  '[sr]k_(?:live|test)_[A-Za-z0-9]{16,128}',
  'whsec_[A-Za-z0-9+/]{24,64}',
  'xox[abeoprs]-[A-Za-z0-9-]{10,250}',
  'xapp-\\d-[A-Z0-9]{8,16}-\\d{8,16}-[a-f0-9]{32,64}',
  'SK[0-9a-f]{32}',
  'SG\\.[\\w-]{16,32}\\.[\\w-]{16,64}',
  'npm_[A-Za-z0-9]{36}',
  'pypi-AgE[\\w-]{50,512}',
  'sk-(?:ant|proj|svcacct|or-v1)-[\\w-]{20,255}',
  'sk-[A-Za-z0-9]{32,128}',
  'hf_[A-Za-z0-9]{30,64}',
  'gsk_[A-Za-z0-9]{40,64}',
  'do[opr]_v1_[0-9a-f]{64}',
  'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}',
  'key-[0-9a-f]{32}',
  'hv[sbr]\\.[\\w-]{24,255}',
  'dckr_pat_[\\w-]{27}',
  'lin_api_[A-Za-z0-9]{40}',
  'NRAK-[A-Z0-9]{27}',
  'dapi[0-9a-f]{32}',
  'glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}',
  'PMAK-[0-9a-f]{24}-[0-9a-f]{34}',
  'rubygems_[0-9a-f]{48}',
  'steno_(?:key_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}|pat_[\\w-]{43})',
  '\\d{8,10}:AA[\\w-]{33}',
  'ATATT3[\\w=-]{40,255}',
];

const token = new RegExp(`(?:(${vcs.join('|')})|(?:${cloud.join('|')}))(?![A-Za-z0-9])`, 'y');
const shortest = 16;
/** Signatures of Azure and keys of its storage stand after a name of their own. */
const azure = /(?:[?&;]sig=([A-Za-z0-9%+/_-]{40,128}=?)|AccountKey=([A-Za-z0-9+/]{40,128}={0,2}))/g;
const slackHook =
  /hooks\.slack\.com\/services\/(T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/[A-Za-z0-9]{16,32})/g;

export function findTokens(search: Search): void {
  const { text } = search;
  let wasInWord = false;
  for (let at = 0; at <= text.length - shortest; at += 1) {
    const isInWord = isAlphanumeric(text.charCodeAt(at));
    if (isInWord && !wasInWord) {
      token.lastIndex = at;
      const match = token.exec(text);
      if (match !== null) {
        const end = at + match[0].length;
        search.add(match[1] === undefined ? 'cloud-key' : 'vcs-token', at, end);
        at = end - 1;
      }
    }
    wasInWord = isInWord;
  }
  if (search.wants('cloud-key')) findByPlace(search);
}

function findByPlace(search: Search): void {
  const { text } = search;
  const patterns = [
    ...(text.includes('sig=') || text.includes('AccountKey=') ? [azure] : []),
    ...(text.includes('hooks.slack.com') ? [slackHook] : []),
  ];
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      search.add('cloud-key', end - (match[1] ?? match[2] ?? '').length, end);
    }
  }
}
