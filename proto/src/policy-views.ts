import type { ProblemView } from './views.js';

export interface PolicyFileView {
  readonly name: string;
  readonly text: string;
}

/** Policies by which some capture has gone. */
export interface PolicyVersionView {
  /** Of names and texts of the files; decisions carry its first 12 digits as policy version. */
  readonly digest: string;
  readonly rules: number;
  /** None: everything is allowed. */
  readonly fileNames: readonly string[];
  readonly firstLoadedAt: string;
  /** When a capture began to go by them that had gone by others, or by none. */
  readonly inForceSince: string;
  /** Null: some capture goes by them now. */
  readonly lastInForceAt: string | null;
  /** That have gone by them, those that did last. */
  readonly captures: readonly string[];
  /** Digest of those that they came in place of; null: they were the first. */
  readonly before: string | null;
}

interface NamesView {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Of rules: more than comments and spaces. */
  readonly changed: readonly string[];
}

/** What became different from one version to another. */
export interface PolicyChangesView {
  readonly files: NamesView;
  readonly rules: NamesView;
}

export interface ListedPolicyVersionView extends PolicyVersionView {
  /** Against `before`; null: there is none, or a text is not in the store. */
  readonly changes: PolicyChangesView | null;
}

/** By which policies a capture goes. */
export interface CapturePoliciesView {
  readonly instance: string;
  readonly digest: string;
  readonly since: string;
  /** It has stopped reporting: it may go by them still. */
  readonly isSilent: boolean;
}

/** What came into force last comes first. */
export interface PoliciesView {
  readonly items: readonly ListedPolicyVersionView[];
  readonly nextCursor: string | null;
  /** Of each capture that runs. Where they differ, commands are decided by where they arrive. */
  readonly inForce: readonly CapturePoliciesView[];
  /** Older versions that are in the log alone. */
  readonly leftOut: number;
}

export interface PolicyVersionDetailView extends PolicyVersionView {
  readonly files: readonly PolicyFileView[];
}

export interface PolicyDifferenceView {
  readonly from: PolicyVersionDetailView;
  readonly to: PolicyVersionDetailView;
  readonly changes: PolicyChangesView;
}

/** All of one identity on one target that a rule would decide otherwise in the same way. */
export interface DryRunGroupView {
  readonly identity: string;
  readonly target: string;
  readonly was: string;
  readonly would: string;
  /** That would decide. */
  readonly rule: string;
  readonly commands: number;
  readonly sessions: number;
  /** The first that was found; position 0: the session itself would not have been opened. */
  readonly example: {
    readonly sessionId: string;
    readonly position: number;
    /** The beginning of it; null: it was erased or has expired, or it is no text. */
    readonly text: string | null;
  };
}

/** What a dry run has gone through. */
export interface DryRunCountsView {
  readonly sessions: number;
  readonly commands: number;
  /** Commands that would have been decided otherwise. */
  readonly changed: number;
}

/** A line of the answer to a dry run, which comes as it is found; the last is ended or failed. */
export type DryRunLine =
  | {
      readonly line: 'started';
      readonly digest: string;
      readonly rules: number;
      readonly since: string;
      /** That are to be gone through, from the newest on. */
      readonly sessions: number;
    }
  | ({ readonly line: 'progress' } & DryRunCountsView)
  /** What commands on it name was taken for opaque. */
  | { readonly line: 'without-catalog'; readonly target: string; readonly reason: string }
  /** Those with the most commands first. */
  | ({ readonly line: 'group' } & DryRunGroupView)
  | ({
      readonly line: 'ended';
      /** Commands of groups beyond the limit, which are not told. */
      readonly leftOut: number;
      /** The limit at which it ended before it was through; null: it is through. */
      readonly stoppedBy: 'sessions' | 'time' | null;
    } & DryRunCountsView)
  | { readonly line: 'failed'; readonly problem: ProblemView };
