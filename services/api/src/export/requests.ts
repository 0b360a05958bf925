import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { FORMAT_NAMES } from './formats.js';
import type { FormatName } from './formats.js';

export class ExportQuery {
  @ApiProperty({ enum: FORMAT_NAMES, description: 'What the file is to be' })
  @IsIn(FORMAT_NAMES)
  format!: FormatName;
}
