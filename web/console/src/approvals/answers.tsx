import type { ApprovalAnswerView } from '@steno/proto';
import type { ReactNode } from 'react';
import { formatTime } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { InertName, InertText } from '../ui/inert-text.js';
import { useZone } from '../ui/use-zone.js';
import { formatSeconds } from './standing.js';

const SAID = {
  granted: { icon: 'check', tone: 'ok', word: 'approved' },
  refused: { icon: 'ban', tone: 'danger', word: 'refused' },
  overridden: { icon: 'warning', tone: 'warning', word: 'broke the glass' },
} as const;

/** What people said so far, in the order of the log. */
export function Answers({
  answers,
}: {
  readonly answers: readonly ApprovalAnswerView[];
}): ReactNode {
  return (
    <section aria-label="Answers">
      <h3>Answers</h3>
      {answers.length === 0 ? (
        <p className="faint">Nobody has answered.</p>
      ) : (
        <ol className="approval-answers">
          {answers.map((answer) => (
            <Answer key={`${answer.at} ${answer.actor} ${answer.said}`} answer={answer} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Answer({ answer }: { readonly answer: ApprovalAnswerView }): ReactNode {
  const { said, actor, name = actor, reason, at, windowSeconds } = answer;
  const { icon, tone, word } = SAID[said];
  const [zone] = useZone();
  return (
    <li data-void={answer.void !== undefined}>
      <span className="approval-said" data-tone={answer.void === undefined ? tone : 'plain'}>
        <Icon name={icon} size={14} />
      </span>
      <div>
        <p>
          <b>
            <InertName name={name} />
          </b>{' '}
          {word}
          {windowSeconds !== undefined && `, for ${formatSeconds(windowSeconds)}`}{' '}
          <span className="faint">{formatTime(at, zone)}</span>{' '}
          {answer.void !== undefined && <span className="tag">void: {answer.void}</span>}
        </p>
        <blockquote>
          <InertText text={reason} />
        </blockquote>
      </div>
    </li>
  );
}
