import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { explain } from '../api/client.js';
import { approvalQuery } from '../api/queries.js';
import { Blank } from '../ui/blank.js';
import { Icon } from '../ui/icons.js';
import { Answers } from './answers.js';
import { ApprovalFacts } from './approval-facts.js';
import { ApprovalHeader } from './approval-header.js';
import { Before } from './before.js';
import { CommandText } from './command-text.js';
import { LinkWarning } from './link-warning.js';
import { Warnings } from './warnings.js';

interface DetailProps {
  readonly approvalId: string;
  /** Of the link that led here; undefined: none did. */
  readonly link: string | undefined;
}

/** Everything that is known of one held command, and the ways to answer. */
export function ApprovalDetail({ approvalId, link }: DetailProps): ReactNode {
  const { data, error, refetch } = useQuery(approvalQuery(approvalId, link));
  if (data === undefined) {
    if (error === null)
      return (
        <p className="approval-none" role="status">
          Loading the approval…
        </p>
      );
    const { title, detail } = explain(error);
    return (
      <Blank icon="warning" title={title} tone="danger">
        <p>{detail}</p>
        <UnstyledButton className="button" onClick={() => void refetch()}>
          Try again
        </UnstyledButton>
        <Link to="/approvals/{-$approvalId}" params={{ approvalId: undefined }}>
          All approvals
        </Link>
      </Blank>
    );
  }
  return (
    <>
      {error !== null && (
        <div className="callout approval-stale" data-tone="danger" role="alert">
          <Icon name="warning" />
          <div>
            <strong>This may not be so any more: {explain(error).title}</strong>
            <p>{explain(error).detail}</p>
          </div>
        </div>
      )}
      {link !== undefined && <LinkWarning approval={data} />}
      <ApprovalHeader approval={data} link={link} />
      <div className="approval-body">
        <Warnings approval={data} />
        <CommandText approval={data} />
        <ApprovalFacts approval={data} />
        <Answers answers={data.answers} />
        <Before approval={data} />
      </div>
    </>
  );
}
