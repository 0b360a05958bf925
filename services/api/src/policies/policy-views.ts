import type { CapturePoliciesView, ListedPolicyVersionView, PolicyVersionView } from '@steno/proto';
import { toRfc3339 } from '@steno/sessions';
import type { PoliciesOfCapture, PolicyVersion } from '@steno/sessions';
import { policyChanges } from './policy-changes.js';
import type { PolicyTexts } from './policy-texts.js';

export function versionView(version: PolicyVersion): PolicyVersionView {
  const { digest, rules, fileNames, captures, before = null, lastInForceAt } = version;
  return {
    digest,
    rules,
    fileNames,
    firstLoadedAt: toRfc3339(version.firstLoadedAt),
    inForceSince: toRfc3339(version.inForceSince),
    lastInForceAt: lastInForceAt === undefined ? null : toRfc3339(lastInForceAt),
    captures: captures.toReversed(),
    before,
  };
}

/** With what became different, as far as the texts of both are there. */
export function listedView(
  version: PolicyVersion,
  texts: ReadonlyMap<string, PolicyTexts>,
): ListedPolicyVersionView {
  const from = version.before === undefined ? undefined : texts.get(version.before);
  const to = texts.get(version.digest);
  const isThere = Array.isArray(from) && Array.isArray(to);
  return { ...versionView(version), changes: isThere ? policyChanges(from, to) : null };
}

export function captureView(place: PoliciesOfCapture): CapturePoliciesView {
  const { instance, digest, since, isSilent } = place;
  return { instance, digest, since: toRfc3339(since), isSilent };
}
