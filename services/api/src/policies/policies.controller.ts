import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PoliciesView, PolicyDifferenceView, PolicyVersionDetailView } from '@steno/proto';
import type { PolicyVersion } from '@steno/sessions';
import { Asks } from '../asking.js';
import type { Asking } from '../asking.js';
import { ApiProblem } from '../errors.js';
import { Answers } from '../openapi.js';
import type { ApiOptions } from '../options.js';
import { OPTIONS } from '../tokens.js';
import { Viewing } from '../viewing.js';
import { policyChanges } from './policy-changes.js';
import { readPolicyTexts } from './policy-texts.js';
import { captureView, listedView, versionView } from './policy-views.js';
import { DifferenceQuery, PoliciesQuery } from './requests.js';

const DIGEST_CHARACTERS = 64;
const SHORTEST_DIGEST = /^[0-9a-f]{12,64}$/;

@ApiTags('policies')
@Controller('api/policies')
export class PoliciesController {
  constructor(
    private readonly viewing: Viewing,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Versions of the policies, and which is in force on which capture' })
  @Answers('PoliciesView')
  async list(
    @Asks() asking: Asking,
    @Query() { limit, cursor }: PoliciesQuery,
  ): Promise<PoliciesView> {
    const reader = await this.viewing.begin(asking, { action: 'list', object: 'policy' });
    const { policies } = this.options.control;
    const all = policies.all();
    const from = cursor === undefined ? 0 : all.findIndex(({ digest }) => digest === cursor) + 1;
    if (cursor !== undefined && from === 0) {
      throw new ApiProblem('invalidRequest', 'cursor is none that the api gave.');
    }
    const shown = all.slice(from, from + limit);
    const named = new Map(
      shown
        .flatMap((version) => [version, policies.get(version.before ?? '')])
        .flatMap((version) => (version === undefined ? [] : [[version.digest, version] as const])),
    );
    const texts = await readPolicyTexts(reader, [...named.values()]);
    const isMore = all.length > from + shown.length;
    return {
      items: shown.map((version) => listedView(version, texts)),
      nextCursor: isMore ? (shown.at(-1)?.digest ?? null) : null,
      inForce: policies.inForce().map(captureView),
      leftOut: policies.leftOut,
    };
  }

  @Get(':digest')
  @ApiOperation({ summary: 'One version with its files' })
  @Answers('PolicyVersionDetailView')
  async version(
    @Asks() asking: Asking,
    @Param('digest') digest: string,
  ): Promise<PolicyVersionDetailView> {
    const [view] = await this.read(asking, digest);
    return view;
  }

  @Get(':digest/difference')
  @ApiOperation({ summary: 'Two versions, and what became different from one to the other' })
  @Answers('PolicyDifferenceView')
  async difference(
    @Asks() asking: Asking,
    @Param('digest') digest: string,
    @Query() query: DifferenceQuery,
  ): Promise<PolicyDifferenceView> {
    const [to, from = to] = await this.read(
      asking,
      digest,
      ({ before }) => query.from ?? before ?? '',
    );
    return { from, to, changes: policyChanges(from.files, to.files) };
  }

  /** Throws ApiProblem where one is not there. */
  private async read(
    asking: Asking,
    digest: string,
    other?: (version: PolicyVersion) => string,
  ): Promise<[PolicyVersionDetailView, ...PolicyVersionDetailView[]]> {
    const reader = await this.viewing.begin(asking, {
      action: 'view',
      object: 'policy',
      objectId: digest.slice(0, DIGEST_CHARACTERS),
    });
    const first = this.find(digest);
    const rest = other === undefined ? [] : [this.find(other(first))];
    const texts = await readPolicyTexts(reader, [first, ...rest]);
    const detail = (version: PolicyVersion): PolicyVersionDetailView => {
      const files = texts.get(version.digest) ?? 'missing';
      if (files === 'missing') {
        throw new ApiProblem('unknownPolicies', 'Its texts are not in ClickHouse yet.');
      }
      if (files === 'changed') throw new ApiProblem('policiesChanged');
      return { ...versionView(version), files };
    };
    return [detail(first), ...rest.map(detail)];
  }

  /** By its digest, or by what decisions carry of it. */
  private find(digest: string): PolicyVersion {
    const { policies } = this.options.control;
    const whole = policies.get(digest);
    if (whole !== undefined) return whole;
    const found = SHORTEST_DIGEST.test(digest)
      ? policies.all().find((version) => version.digest.startsWith(digest))
      : undefined;
    if (found === undefined) throw new ApiProblem('unknownPolicies');
    return found;
  }
}
