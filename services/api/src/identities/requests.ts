import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IDENTITY_STATES } from '@steno/sessions';
import type { IdentityState } from '@steno/sessions';
import { IsIn, IsOptional, IsString, Length, Matches, ValidateBy } from 'class-validator';
import { LIMITS } from '../limits.js';
import { Moment, Reason, Repeated, Whole } from '../requests.js';
import { isZone } from './hours.js';

/** One line, so that lists show it whole. */
const LINE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;
const PATTERN_CHARACTERS = 512;

export function Line(description: string, max: number = LIMITS.filterCharacters) {
  const schema = { type: String, description, maxLength: max };
  return applyDecorators(ApiProperty(schema), IsString(), Length(1, max), Matches(LINE));
}

export function OptionalLine(description: string, max: number = LIMITS.filterCharacters) {
  const schema = { type: String, description, maxLength: max, required: false };
  return applyDecorators(
    ApiProperty(schema),
    IsOptional(),
    IsString(),
    Length(1, max),
    Matches(LINE),
  );
}

export class IdentitiesQuery {
  @Repeated(`One of ${IDENTITY_STATES.join(', ')}; may be given several times`)
  @IsIn(IDENTITY_STATES, { each: true })
  state?: IdentityState[];

  @OptionalLine('Who answers for it, whatever the case of its letters')
  owner?: string;

  @OptionalLine('Part of its name')
  text?: string;

  @Whole('Identities of a page; it may have fewer though more follow', {
    min: 1,
    max: 500,
    standard: 50,
  })
  limit: number = 50;

  @ApiProperty({ type: String, description: 'nextCursor of the page before', required: false })
  @IsOptional()
  @Matches(/^[\w-]{1,1400}$/)
  cursor?: string;
}

export class IdentityQuery {
  @ApiProperty({
    type: String,
    description: 'In which its hours are told, as IANA names it, such as Europe/Berlin',
    required: false,
    default: 'UTC',
  })
  @IsOptional()
  @ValidateBy(
    {
      name: 'isZone',
      validator: { validate: (value) => typeof value === 'string' && isZone(value) },
    },
    { message: 'zone must be a time zone as IANA names it, such as Europe/Berlin' },
  )
  zone: string = 'UTC';
}

export class StepRequest {
  @Reason()
  reason!: string;
}

export class ChangeOwnerRequest extends StepRequest {
  @Line('An accountable person')
  owner!: string;
}

export class DeclareRequest extends ChangeOwnerRequest {
  @Line('The issuer whose tokens are meant, as steno.yaml has it')
  issuer!: string;

  @OptionalLine(
    'Of the subjects that are meant, * for any characters; default: those of this name',
    PATTERN_CHARACTERS,
  )
  subjectPattern?: string;

  @OptionalLine('The team of the owner')
  team?: string;

  @OptionalLine('What it is for')
  purpose?: string;

  @OptionalLine('A word such as production')
  environment?: string;

  @Moment('Until when; default: it does not expire')
  expiresAt?: string;
}
