import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ApprovalDetailView, ApprovalView, Page } from '@steno/proto';
import type { Approval } from '@steno/sessions';
import { Asks } from '../asking.js';
import type { Asking } from '../asking.js';
import { ApiProblem } from '../errors.js';
import { Answers } from '../openapi.js';
import type { ApiOptions } from '../options.js';
import { AnswerRequest, ApprovalQuery, ApprovalsQuery, GrantRequest } from '../requests.js';
import { OPTIONS } from '../tokens.js';
import { Viewing } from '../viewing.js';
import { Answering } from './answering.js';
import type { Answer } from './answering.js';
import { isWaiting, readApprovalView } from './approval-views.js';

/** What was let go before, of the same identity on the same target. */
const BEFORE_MAX = 3;

@ApiTags('approvals')
@Controller('api/approvals')
export class ApprovalsController {
  constructor(
    private readonly viewing: Viewing,
    private readonly answering: Answering,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Commands that wait for people, oldest first' })
  @Answers('Page<ApprovalView>')
  async list(
    @Asks() asking: Asking,
    @Query() { all, limit }: ApprovalsQuery,
  ): Promise<Page<ApprovalView>> {
    const query = all === undefined ? '' : `all=${all}`;
    const reader = await this.viewing.begin(asking, { action: 'list', object: 'approval', query });
    const now = this.options.now();
    const { approvals } = this.options.control;
    const found = [...approvals.all()].filter((each) => all === 'true' || isWaiting(each, now));
    // Of more than fit those that were asked for last are of use, unless they wait.
    const shown = all === 'true' ? found.slice(-limit) : found.slice(0, limit);
    const items = [];
    for (const approval of shown) items.push(await readApprovalView(reader, approval, now));
    return { items, nextCursor: null };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One of them, with what was let go before' })
  @Answers('ApprovalDetailView')
  async detail(
    @Asks() asking: Asking,
    @Param('id') id: string,
    @Query() { link }: ApprovalQuery,
  ): Promise<ApprovalDetailView> {
    const objectId = id.slice(0, ID_CHARACTERS);
    const asked = { action: 'view', object: 'approval', objectId } as const;
    const reader = await this.viewing.begin(asking, asked);
    const approval = this.answering.find(id);
    const now = this.options.now();
    const before = [];
    for (const each of this.before(approval))
      before.push(await readApprovalView(reader, each, now));
    const view = { ...(await readApprovalView(reader, approval, now)), before };
    return link === undefined ? view : { ...view, link: this.answering.linkState(approval, link) };
  }

  @Post(':id/approve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Agrees; the command runs once all that is asked for is met' })
  @Answers('ApprovalView')
  async approve(
    @Asks() asking: Asking,
    @Param('id') id: string,
    @Body() { reason, windowSeconds, link }: GrantRequest,
  ): Promise<ApprovalView> {
    const { windowSecondsMax } = this.answering.find(id).request;
    if (windowSeconds > windowSecondsMax) {
      throw new ApiProblem('invalidRequest', `The rule allows ${windowSecondsMax} s at most.`);
    }
    return this.answer(asking, id, { said: 'granted', reason, windowSeconds }, link);
  }

  @Post(':id/refuse')
  @HttpCode(200)
  @ApiOperation({ summary: 'Refuses; the client is told who and why' })
  @Answers('ApprovalView')
  async refuse(
    @Asks() asking: Asking,
    @Param('id') id: string,
    @Body() { reason, link }: AnswerRequest,
  ): Promise<ApprovalView> {
    return this.answer(asking, id, { said: 'refused', reason }, link);
  }

  @Post(':id/override')
  @HttpCode(200)
  @ApiOperation({ summary: 'Lets the command go, whoever is asked (break-glass)' })
  @Answers('ApprovalView')
  async override(
    @Asks() asking: Asking,
    @Param('id') id: string,
    @Body() { reason, link }: AnswerRequest,
  ): Promise<ApprovalView> {
    return this.answer(asking, id, { said: 'overridden', reason }, link);
  }

  private async answer(
    asking: Asking,
    id: string,
    answer: Answer,
    link: string | undefined,
  ): Promise<ApprovalView> {
    const approval = await this.answering.answer(asking, id, answer, link);
    const objectId = id.slice(0, ID_CHARACTERS);
    const view = { action: 'view', object: 'approval', objectId } as const;
    const reader = await this.viewing.begin(asking, view);
    return readApprovalView(reader, approval, this.options.now());
  }

  private before({ request }: Approval): readonly Approval[] {
    const { approvals } = this.options.control;
    const found = [...approvals.all()].filter(
      (each) =>
        (each.state === 'granted' || each.state === 'overridden') &&
        each.request.approvalId !== request.approvalId &&
        each.request.identity === request.identity &&
        each.request.target === request.target,
    );
    return found.slice(-BEFORE_MAX).reverse();
  }
}

const ID_CHARACTERS = 64;
