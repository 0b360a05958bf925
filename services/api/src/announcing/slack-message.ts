import type { ApprovalAnswerView } from '@steno/proto';
import { LIMITS } from '../limits.js';
import type { Announcement, Told } from './announcement.js';

const NAME_CHARACTERS = 200;
const TITLE: Readonly<Record<Announcement['type'], string>> = {
  'approval.requested': 'A command waits for approval',
  'approval.answered': 'A command waits for more approvals',
  'approval.granted': 'A command was approved',
  'approval.refused': 'A command was refused',
  'approval.overridden': 'Break-glass: a command was let go',
  'approval.expired': 'An approval expired',
  'approval.withdrawn': 'A command was withdrawn',
};

type Row = readonly [name: string, value: string];

/**
 * A message as Slack's incoming webhooks take it. What others chose stands in plain text, in which
 * no markup is read, with the characters written out by which Slack makes links and mentions.
 */
export function slackMessage({ type }: Announcement, told: Told, link: string): object {
  const title = TITLE[type];
  const rows = rowsOf(told).filter(([, value]) => value !== '');
  const summary = `${title}: ${told.identity} on ${told.target}`;
  return {
    text: plain(summary, NAME_CHARACTERS),
    mrkdwn: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
      { type: 'section', fields: rows.slice(0, FIELDS_MAX).map(fieldOf) },
      ...textBlocks(told),
      // Of no other's making: the address of the console, an id and what base64 has.
      { type: 'section', text: { type: 'mrkdwn', text: `<${link}|Open it in the console>` } },
    ],
  };
}

/** Slack takes no more in a section. */
const FIELDS_MAX = 10;

function rowsOf(told: Told): Row[] {
  const { target, environment, rule, reason, expiresAt, state, asks } = told;
  const left = asks.filter(({ count, granted }) => granted < count);
  const asked = left.map(({ group, count, granted }) => `${count - granted} of ${group}`);
  const answers = told.answers.filter((answer) => answer.void === undefined);
  return [
    ['Who asks', told.identity],
    ['Target', environment === '' ? target : `${target} (${environment})`],
    ['Rule', rule],
    ['Reason', reason],
    ['Would', [...told.kinds, ...told.writes].join(', ')],
    ['Rows', rowsText(told)],
    ...(state === 'waiting'
      ? ([
          ['Asked', asked.join(', ')],
          ['Until', expiresAt],
        ] as const)
      : []),
    ['Answers', answers.map(answerText).join('; ')],
  ];
}

function rowsText({ estimatedRows, whereMissing }: Told): string {
  const about = estimatedRows === undefined ? '' : `about ${estimatedRows} (estimate)`;
  return whereMissing ? `${about} no WHERE: it may reach every row`.trim() : about;
}

function answerText({ said, actor, name = actor, reason }: ApprovalAnswerView): string {
  return `${said} by ${name}: ${reason}`;
}

function fieldOf([name, value]: Row): object {
  return plainText(`${name}: ${value}`, NAME_CHARACTERS);
}

function textBlocks({ command }: Told): readonly object[] {
  if (command === undefined || command === null || command === '') return [];
  return [{ type: 'section', text: plainText(command, LIMITS.slackTextCharacters) }];
}

function plainText(text: string, characters: number): object {
  return { type: 'plain_text', text: plain(text, characters), emoji: false };
}

/** Control characters and what turns the direction of text could make it read as another. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

function plain(text: string, characters: number): string {
  const seen = text.replace(UNSEEN, ' ');
  const shown = seen.length > characters ? `${seen.slice(0, characters)}…` : seen;
  return shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
