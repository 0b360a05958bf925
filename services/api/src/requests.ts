import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { TOPICS } from '@steno/proto';
import type { SessionStatus, Topic } from '@steno/proto';
import { parseRfc3339, USER_ROLES } from '@steno/sessions';
import type { UserRole } from '@steno/sessions';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsBase64,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';
import { LIMITS } from './limits.js';

const STATUSES: readonly SessionStatus[] = ['complete', 'open', 'silent', 'gapped', 'failed'];

/** A number of the query string. */
export function Whole(
  name: string,
  { min, max, standard }: { min: number; max: number; standard?: number },
) {
  return applyDecorators(
    ApiProperty({ type: 'integer', minimum: min, maximum: max, ...described(name, standard) }),
    IsOptional(),
    Type(() => Number),
    IsInt(),
    Min(min),
    Max(max),
  );
}

function described(description: string, standard?: number): ApiPropertyOptions {
  return { description, required: false, ...(standard === undefined ? {} : { default: standard }) };
}

/** A value that may be given several times. */
export function Repeated(description: string) {
  return applyDecorators(
    ApiProperty({ type: [String], isArray: true, ...described(description) }),
    IsOptional(),
    Transform(({ value }: { value: unknown }) => [value].flat()),
    ArrayMaxSize(LIMITS.filterValues),
    IsString({ each: true }),
    MaxLength(LIMITS.filterCharacters, { each: true }),
  );
}

export function Moment(description: string) {
  const message = ({ property }: { property: string }) =>
    `${property} must be a time as in RFC 3339, such as 2026-11-22T12:00:00Z`;
  return applyDecorators(
    ApiProperty({ type: String, format: 'date-time', ...described(description) }),
    IsOptional(),
    ValidateBy(
      {
        name: 'isRfc3339',
        validator: { validate: (value) => typeof value === 'string' && isMoment(value) },
      },
      { message },
    ),
  );
}

function isMoment(text: string): boolean {
  return parseRfc3339(text) !== undefined;
}

function Cursor() {
  return applyDecorators(
    ApiProperty({ type: String, ...described('nextCursor of the page before') }),
    IsOptional(),
    Matches(/^[\w.-]{1,200}$/),
  );
}

const WINDOW_SECONDS_MAX = 7 * 24 * 3600;

/** Positions are numbers that JSON keeps exactly. */
const POSITION_MAX = Number.MAX_SAFE_INTEGER - 1;

const CLAIM = /^[^=]{1,128}=[^]+$/;

export class SessionsQuery {
  @Repeated('Name of the identity, to the letter; may be given several times')
  identity?: string[];

  @Repeated('Name of the target, to the letter; may be given several times')
  target?: string[];

  @Repeated('One of complete, open, silent, gapped, failed; may be given several times')
  @IsIn(STATUSES, { each: true })
  status?: SessionStatus[];

  @Moment('Started then or later')
  from?: string;

  @Moment('Started before')
  to?: string;

  @ApiProperty({ type: String, ...described('Words that all occur in the text of one command') })
  @IsOptional()
  @IsString()
  @Length(1, LIMITS.filterCharacters)
  text?: string;

  @Repeated('NAME=VALUE of a claim of its token, to the letter; of several all must be there')
  @Matches(CLAIM, { each: true })
  claim?: string[];

  @Whole('Sessions of a page', { min: 1, max: 500, standard: 50 })
  limit: number = 50;

  @Cursor()
  cursor?: string;
}

export class EventsQuery {
  @Whole('Only events after this position', { min: 0, max: POSITION_MAX })
  after?: number;

  @Whole('Events of a page', { min: 1, max: 1000, standard: 200 })
  limit: number = 200;

  @ApiProperty({ enum: ['true', 'false'], ...described('With the bytes that were hashed, base64') })
  @IsOptional()
  @IsIn(['true', 'false'])
  raw?: 'true' | 'false';
}

export class CommandsQuery {
  @Whole('Only commands after this position', { min: 0, max: POSITION_MAX })
  after?: number;

  @Whole('Commands of a page', { min: 1, max: 1000, standard: 200 })
  limit: number = 200;
}

export class TimelineQuery {
  @Whole('Slices of the density', { min: 10, max: 2000, standard: 400 })
  slices: number = 400;
}

export class TopicQuery {
  @ApiProperty({ enum: TOPICS, ...described('Which events') })
  @IsOptional()
  @IsIn(TOPICS)
  topic: Topic = 'data';

  @Moment('Recorded then or later')
  from?: string;

  @Whole('Events of a page', { min: 1, max: 1000, standard: 200 })
  limit: number = 200;

  @Cursor()
  cursor?: string;

  @ApiProperty({ enum: ['true', 'false'], ...described('With the bytes that were hashed, base64') })
  @IsOptional()
  @IsIn(['true', 'false'])
  raw?: 'true' | 'false';
}

export class SignInRequest {
  @ApiProperty({ description: 'From the link that `steno up` or `steno sign-in` printed' })
  @IsString()
  @Length(1, 200)
  code!: string;
}

export function Reason() {
  return applyDecorators(
    ApiProperty({ description: 'For the record and for whoever asks why', maxLength: 500 }),
    IsString(),
    Length(1, LIMITS.reasonCharacters),
  );
}

export class TerminateRequest {
  @Reason()
  reason!: string;
}

export function Link() {
  return applyDecorators(
    ApiProperty(described('Of the link that led here, which is good for one answer')),
    IsOptional(),
    IsString(),
    Length(1, LIMITS.linkCharacters),
  );
}

export class AnswerRequest {
  @Reason()
  reason!: string;

  @Link()
  link?: string;
}

export class ApprovalQuery {
  @Link()
  link?: string;
}

export class GrantRequest extends AnswerRequest {
  @Whole('For how long the same command may be run again, in seconds', {
    min: 0,
    max: WINDOW_SECONDS_MAX,
    standard: 0,
  })
  windowSeconds: number = 0;
}

export class ApprovalsQuery {
  @ApiProperty({ enum: ['true', 'false'], ...described('Those that do not wait any more, too') })
  @IsOptional()
  @IsIn(['true', 'false'])
  all?: 'true' | 'false';

  @Whole('At most so many', { min: 1, max: 1000, standard: 500 })
  limit: number = 500;
}

/** Names of people and of groups. */
const PERSON_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,127}$/u;

export class AddUserRequest {
  @ApiProperty({ description: 'Letters, digits, spaces and . _ @ + -' })
  @Matches(PERSON_NAME)
  name!: string;

  @ApiProperty({ enum: USER_ROLES, isArray: true, description: 'What they may do' })
  @ArrayMinSize(1)
  @ArrayMaxSize(USER_ROLES.length)
  @IsIn(USER_ROLES, { each: true })
  roles!: UserRole[];

  @Repeated('Groups that policies ask for approvals')
  @Matches(PERSON_NAME, { each: true })
  groups?: string[];

  @Whole('Days for which the token is good', { min: 1, max: 366, standard: 90 })
  days: number = 90;
}

/** The longest that a secret of 4 KiB becomes, and some more. */
const CIPHERTEXT_CHARACTERS = 8 * 1024;

export class SealCredentialRequest {
  @Whole('One more than the last of this name', { min: 1, max: 2 ** 31 - 1 })
  version!: number;

  @ApiProperty({ description: 'Of the key that opens it' })
  @Matches(/^[0-9a-f]{16}$/)
  keyId!: string;

  @ApiProperty({ description: 'The key of the ciphertext, wrapped; base64' })
  @IsBase64()
  @Length(1, 1024)
  wrappedKey!: string;

  @ApiProperty({ description: 'AES-256-GCM: nonce, ciphertext, tag; base64' })
  @IsBase64()
  @Length(1, CIPHERTEXT_CHARACTERS)
  ciphertext!: string;
}

export class NewTokenRequest {
  @ApiProperty({ description: 'What it is for', maxLength: LIMITS.tokenLabelCharacters })
  @Matches(PERSON_NAME)
  @MaxLength(LIMITS.tokenLabelCharacters)
  label!: string;

  @Whole('Days for which the token is good', { min: 1, max: 90, standard: 30 })
  days: number = 30;
}

export class DeclareLostRequest {
  @Reason()
  reason!: string;
}
