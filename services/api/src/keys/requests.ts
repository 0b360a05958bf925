import { ApiProperty } from '@nestjs/swagger';
import { KEY_LIFETIME_MAX_NS } from '@steno/sessions';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { Line, OptionalLine } from '../identities/requests.js';
import { Reason, Repeated } from '../requests.js';

/** Of keys, and of groups. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,62}$/;
/** As identities of tokens are: one printable word. */
const IDENTITY = /^[A-Za-z0-9._/@:+=%-]{1,256}$/;
const SECONDS_MIN = 60;
const SECONDS_MAX = Number(KEY_LIFETIME_MAX_NS / 1_000_000_000n);

export class KeysQuery {
  @OptionalLine('Those of one identity alone, to the letter, with when they were used')
  identity?: string;
}

export class AddKeyRequest {
  @ApiProperty({ description: 'Letters, digits and _ . : / @ -; sessions have it as subject' })
  @Matches(NAME)
  name!: string;

  @ApiProperty({ description: 'As its sessions are listed; letters, digits and . _ / @ : + = % -' })
  @Matches(IDENTITY)
  identity!: string;

  @Line('An accountable person')
  owner!: string;

  @Repeated('Groups that policies and targets ask for')
  @Matches(NAME, { each: true })
  groups?: string[];

  @ApiProperty({
    type: 'integer',
    minimum: SECONDS_MIN,
    maximum: SECONDS_MAX,
    description: `For how long it is good, at most ${SECONDS_MAX / 86_400} days`,
  })
  @IsInt()
  @Min(SECONDS_MIN)
  @Max(SECONDS_MAX)
  seconds!: number;
}

export class RevokeKeyRequest {
  @Reason()
  reason!: string;
}
