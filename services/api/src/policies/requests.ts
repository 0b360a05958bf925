import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { LIMITS } from '../limits.js';
import { Moment, Whole } from '../requests.js';

/** Of a version, or its beginning: decisions carry 12 digits. */
const DIGEST = /^[0-9a-f]{12,64}$/;

export class PoliciesQuery {
  @Whole('Versions of a page', { min: 1, max: 100, standard: 50 })
  limit: number = 50;

  @ApiProperty({ type: String, required: false, description: 'nextCursor of the page before' })
  @IsOptional()
  @Matches(DIGEST)
  cursor?: string;
}

export class DifferenceQuery {
  @ApiProperty({
    type: String,
    required: false,
    description: 'Digest of the version to compare with; without it the one before',
  })
  @IsOptional()
  @Matches(DIGEST)
  from?: string;
}

export class PolicyFileRequest {
  @ApiProperty({ description: 'As steno.yaml would name it' })
  @Matches(/^[\p{L}\p{N}_./@ -]{1,200}$/u)
  name!: string;

  @ApiProperty({ description: 'Policies in Cedar' })
  @IsString()
  @MaxLength(LIMITS.dryRunPolicyBytes)
  text!: string;
}

export class DryRunRequest {
  @ApiProperty({ type: [PolicyFileRequest], description: '56 KiB in all' })
  @ArrayMinSize(1)
  @ArrayMaxSize(LIMITS.dryRunFiles)
  @ValidateNested({ each: true })
  @Type(() => PolicyFileRequest)
  files!: PolicyFileRequest[];

  @Moment('Sessions that started then or later; without it 7 days ago')
  since?: string;
}
